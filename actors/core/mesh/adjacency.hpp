#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

/// Slots, which are indices of peers, and the connections that a peer reports.
namespace cafmesh {

/// The index under which a peer is stored. Slots are dense: a new peer gets the
/// slot of a removed one.
using slot = std::uint32_t;

/// The connections that one peer reports, sorted by the remotes' names. An edge
/// takes only four bytes, because a mesh of 1,000 peers may have a million
/// connections; their addresses are in the peer's encoded record. An adjacency
/// must not change once it is shared.
class adjacency {
public:
  /// The greatest slot that an edge can name, far beyond `record_limits`.
  static constexpr slot max_slot = (slot{1} << 30) - 1;

  struct edge {
    slot to : 30;
    slot outbound : 1;
    slot established : 1;
  };

  /// The empty adjacency, for peers without a record.
  static const std::shared_ptr<const adjacency>& none();

  void reserve(std::size_t count) {
    edges_.reserve(count);
  }

  /// Appends a connection. @pre `to` sorts after all peers appended before
  void append(slot to, bool outbound, bool established) {
    edges_.push_back({to & max_slot, outbound, established});
  }

  /// Appends the connections of `from` with indices in [first, last).
  /// @pre each name is greater than that of every peer appended before
  void append(const adjacency& from, std::size_t first, std::size_t last);

  const std::vector<edge>& edges() const noexcept {
    return edges_;
  }

  /// A copy in which `moved[x]` replaces each slot `x`.
  std::shared_ptr<const adjacency>
  with_slots(const std::vector<slot>& moved) const;

  /// Whether both have connections to the same peers, with the same
  /// `established` flags. Ignores which side has dialled.
  bool same_graph(const adjacency& other) const noexcept;

private:
  std::vector<edge> edges_;
};

using adjacency_ptr = std::shared_ptr<const adjacency>;

} // namespace cafmesh
