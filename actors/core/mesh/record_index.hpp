#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/core/mesh/mesh_graph.hpp"
#include <cafmesh/bytes.hpp>
#include <cafmesh/detail/comparison.hpp>
#include <cafmesh/detail/fingerprint.hpp>

namespace cafmesh {

/// An index of the records that a node passes on. `comparer` uses it to compare
/// them with those of a neighbour. Sorted by the binary form of the peers'
/// names. The fingerprint of a range is a fingerprint of its records'
/// fingerprints in order. Unlike a sum of them, it cannot be forged.
class record_index {
public:
  struct range_summary {
    fingerprint content;
  };
  struct item {
    std::string first; ///< the key: a peer's name in binary form
  };

  /// @param peers has the names of all peers that will be added.
  explicit record_index(std::shared_ptr<const roster> peers);

  /// Adds the record of `who`.
  /// @pre successive calls pass peers in ascending order of name
  void add(slot who, fingerprint record, std::size_t bytes);

  std::size_t size() const noexcept {
    return slots_.size();
  }
  /// The size in bytes of all records together.
  std::size_t bytes() const noexcept {
    return bytes_.back();
  }
  range_summary summary() const {
    return between(0, size());
  }
  /// The summary and the number of the keys from `first` up to but not
  /// including `last`, or up to the end if `last` is nullopt.
  std::pair<range_summary, std::size_t>
  summary(std::string_view first, std::optional<std::string_view> last) const;
  item nth(std::size_t position) const;
  /// The number of the records whose keys are less than `key`.
  std::size_t position(std::string_view key) const;

  std::size_t bytes_in(const key_range& x) const;

  std::vector<slot> slots_in(const key_range& x) const;

private:
  const peer_name& name_of(slot who) const noexcept {
    return peers_->names[peers_->ranks[who]];
  }
  range_summary between(std::size_t begin, std::size_t end) const;
  std::pair<std::size_t, std::size_t>
  bounds(std::string_view first, std::optional<std::string_view> last) const;

  // Shared with the routes.
  std::shared_ptr<const roster> peers_;
  std::vector<slot> slots_;
  cafmesh::bytes digests_; // the records' fingerprints, 16 bytes each
  // At each position: the sum of the sizes of all records before it.
  std::vector<std::size_t> bytes_;
};

} // namespace cafmesh
