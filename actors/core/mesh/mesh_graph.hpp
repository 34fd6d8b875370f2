#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "actors/core/mesh/adjacency.hpp"
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// The peers of a mesh in order of their names.
struct roster {
  std::vector<peer_name> names;     ///< sorted
  std::vector<slot> slots;          ///< of the same peers, in the same order
  std::vector<std::uint32_t> ranks; ///< by slot, where in `names` its peer is
};

/// What all peers say of their connections at one moment. Copies share what has
/// not changed, so that a new one costs a pointer a peer.
struct mesh_graph {
  std::shared_ptr<const roster> peers;
  std::vector<adjacency_ptr> connections; ///< by slot, none null
  slot self = 0;

  const std::vector<adjacency::edge>& edges(slot who) const noexcept {
    return connections[who]->edges();
  }

  /// Whether the far end of `x`, a connection of `from`, says the same.
  bool established_both_ways(slot from, const adjacency::edge& x) const;
};

} // namespace cafmesh
