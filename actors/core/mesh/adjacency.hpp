#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cafmesh {

/// The index under which a peer is stored. Slots are dense, and the slot of a
/// removed peer is used again.
using slot = std::uint32_t;

/// The connections that one peer reports, sorted by the remotes' names. A mesh
/// of 1,000 peers may have a million connections, so all addresses of a peer
/// share one string. Must not change once it is shared.
class adjacency {
public:
  struct edge {
    slot to;
    std::uint32_t address_end; // the address begins at the previous one's end
    bool outbound;
    bool established;
  };

  /// No connections: for peers without a record.
  static const std::shared_ptr<const adjacency>& none();

  /// @param address_size of all addresses together, in bytes.
  void reserve(std::size_t count, std::size_t address_size);

  /// @pre the remotes of successive calls ascend by name.
  void append(slot to, std::string_view address, bool outbound,
              bool established);

  /// Appends the connections of `from` with indices in [first, last). Costs no
  /// more than copying their memory.
  /// @pre as above
  void append(const adjacency& from, std::size_t first, std::size_t last);

  /// Of all addresses together, in bytes.
  std::size_t address_size() const noexcept {
    return addresses_.size();
  }

  const std::vector<edge>& edges() const noexcept {
    return edges_;
  }

  std::string_view address(std::size_t index) const noexcept {
    auto begin = index == 0 ? 0 : edges_[index - 1].address_end;
    return {addresses_.data() + begin, edges_[index].address_end - begin};
  }

  /// The same connections after slot `x` has become `moved[x]`.
  std::shared_ptr<const adjacency>
  with_slots(const std::vector<slot>& moved) const;

  /// Whether both lead to the same peers with the same `established` flags.
  bool same_graph(const adjacency& other) const noexcept;

private:
  std::vector<edge> edges_;
  std::string addresses_;
};

using adjacency_ptr = std::shared_ptr<const adjacency>;

} // namespace cafmesh
