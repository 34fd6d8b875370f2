#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// The connections that one peer reports, in a compact form.
namespace cafmesh {

/// The index under which a peer is stored. Slots are dense, and the slot of a
/// removed peer is used again.
using slot = std::uint32_t;

/// The connections that one peer reports, sorted by the remotes' names. A mesh
/// of 1,000 peers may have a million connections, so all addresses of a peer
/// share one string. An adjacency must not change once it is shared.
class adjacency {
public:
  struct edge {
    slot to;
    // Where this connection's address ends in the string that all addresses
    // share. It begins where the previous connection's address ends.
    std::uint32_t address_end;
    bool outbound;
    bool established;
  };

  /// The empty adjacency, for peers without a record.
  static const std::shared_ptr<const adjacency>& none();

  /// Makes room for `count` connections.
  /// @param address_size the size of all addresses together, in bytes.
  void reserve(std::size_t count, std::size_t address_size);

  /// Appends one connection.
  /// @pre the name of `to` is greater than that of every peer appended before
  void append(slot to, std::string_view address, bool outbound,
              bool established);

  /// Appends the connections of `from` with indices in [first, last). Costs no
  /// more than copying their memory.
  /// @pre these peers' names are greater than that of every peer appended
  ///      before
  void append(const adjacency& from, std::size_t first, std::size_t last);

  /// The size of all addresses together, in bytes.
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

  /// A copy in which each slot `x` is replaced by `moved[x]`.
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
