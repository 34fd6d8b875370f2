#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cafmesh {

/// Where a peer is kept. Dense, and used again after the peer is gone.
using slot = std::uint32_t;

/// What one peer says of its connections, sorted by the remotes' names. A mesh
/// of 1,000 peers may hold a million of these, so all addresses of a peer share
/// one string. Immutable once others share it.
class adjacency {
public:
  struct edge {
    slot to;
    std::uint32_t address_end; // begins where the previous one ends
    bool outbound;
    bool established;
  };

  /// That of a peer which has said nothing.
  static const std::shared_ptr<const adjacency>& none();

  /// @param address_size of all addresses together.
  void reserve(std::size_t count, std::size_t address_size);

  /// Calls come in order of the remotes' names.
  void append(slot to, std::string_view address, bool outbound,
              bool established);

  const std::vector<edge>& edges() const noexcept {
    return edges_;
  }

  std::string_view address(std::size_t index) const noexcept {
    auto begin = index == 0 ? 0 : edges_[index - 1].address_end;
    return {addresses_.data() + begin, edges_[index].address_end - begin};
  }

  /// Whether both lead to the same peers in the same state.
  bool same_graph(const adjacency& other) const noexcept;

private:
  std::vector<edge> edges_;
  std::string addresses_;
};

using adjacency_ptr = std::shared_ptr<const adjacency>;

} // namespace cafmesh
