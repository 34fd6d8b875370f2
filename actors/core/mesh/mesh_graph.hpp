#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "actors/core/mesh/adjacency.hpp"
#include <cafmesh/peer_name.hpp>

/// A snapshot of the mesh as a graph: its peers, and the connections that each
/// of them reports.
namespace cafmesh {

/// The peers of a mesh, in order of their names.
struct roster {
  std::vector<peer_name> names; ///< sorted
  std::vector<slot> slots;      ///< of these peers, in the same order
  /// For the peer in each slot, its index in `names`.
  std::vector<std::uint32_t> ranks;
};

/// The connections of all peers at one moment. Copies share the adjacencies, so
/// a copy costs one pointer per peer.
struct mesh_graph {
  std::shared_ptr<const roster> peers;
  std::vector<adjacency> connections; ///< by slot
  slot self = 0;

  adjacency::edge_view edges(slot who) const noexcept {
    return connections[who].edges();
  }

  /// Finds the other end's report of a connection that `from` reports as `x`.
  /// Returns null if the other end reports no connection to `from`.
  const adjacency::edge* opposite(slot from, const adjacency::edge& x) const;

  /// Whether both ends report `x`, a connection of `from`, as established.
  bool established_both_ways(slot from, const adjacency::edge& x) const {
    if (!x.established)
      return false;
    const auto* back = opposite(from, x);
    return back != nullptr && back->established;
  }

  /// For each slot, whether its peer can be reached from `start` over
  /// connections that both ends report as established. A peer without a record
  /// is never reached this way, whatever other records claim. The search ends
  /// early once it has reached `goal`.
  std::vector<std::uint8_t>
  established_from(slot start, std::optional<slot> goal = std::nullopt) const;
};

} // namespace cafmesh
