#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "actors/core/mesh/mesh_graph.hpp"
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Which connections a table may use (protocol section 7).
enum class route_scope : std::uint8_t {
  /// All known connections; one direction suffices. Gossip uses these.
  all,
  /// Only those that are established and that both ends report so.
  established,
};

/// The mesh as seen at one moment and the ways through it. Immutable, so that
/// any number of actors can share one; replaced, never changed.
class routes {
public:
  /// Computes the table over what `scope` allows. O(V + E) at worst; a dense mesh is
  /// found whole long before its edges are through.
  routes(std::uint64_t generation, mesh_graph g,
         route_scope scope = route_scope::all);

  /// The same mesh over other connections. Computed at each call.
  routes over(route_scope scope) const {
    return routes{generation_, graph_, scope};
  }

  /// Grows with every recalculation.
  std::uint64_t generation() const noexcept {
    return generation_;
  }

  peer_name self() const noexcept {
    return name_of(graph_.self);
  }

  /// The neighbour through which `to` is reached; nothing for ourselves, for
  /// unknown peers and for those out of reach.
  std::optional<peer_name> next_hop(peer_name to) const;

  /// Whether the graph has such a peer, within reach or not.
  bool knows(peer_name name) const noexcept {
    return slot_of(name) != none;
  }

  /// How many peers the unicast table holds, ourselves included.
  std::size_t reachable() const noexcept {
    return reachable_;
  }

  /// Whom to pass a broadcast of `source` on to. Searches the graph at each
  /// call: callers keep the answer for as long as they keep the routes.
  std::vector<peer_name> broadcast_targets(peer_name source) const;

  /// Whether a neighbour has, as far as we know, none but us: then it passes
  /// nothing on.
  bool is_leaf(peer_name neighbour) const;

  /// Neighbours to gossip with: min(2·log2(reachable peers), neighbours) of
  /// them, drawn without replacement, each weighted by how many destinations
  /// are reached through it; never `except`.
  std::vector<peer_name> random_neighbours(peer_name except,
                                           std::mt19937_64& rng) const;

  /// All peers of the mesh, sorted.
  const std::vector<peer_name>& names() const noexcept {
    return graph_.peers->names;
  }

private:
  struct neighbour {
    slot who;
    std::uint32_t destinations; // reached through it, itself included
  };

  static constexpr slot none = 0xffff'ffffu;
  void search();
  void weigh_neighbours();
  slot slot_of(peer_name name) const noexcept;
  peer_name name_of(slot who) const noexcept {
    return names()[graph_.peers->ranks[who]];
  }

  std::uint64_t generation_;
  mesh_graph graph_;
  route_scope scope_;
  // Per slot the next hop; `none` where there is no way, and for ourselves.
  std::vector<slot> next_hop_;
  std::size_t reachable_ = 1;
  std::vector<neighbour> neighbours_;
};

using routes_ptr = std::shared_ptr<const routes>;

} // namespace cafmesh
