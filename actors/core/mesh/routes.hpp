#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "actors/core/mesh/mesh_graph.hpp"
#include <cafmesh/peer_name.hpp>

/// The paths through the mesh: next hops of unicasts, and the neighbours that
/// get broadcasts and gossip.
namespace cafmesh {

/// Which connections routes may use (PROTOCOL.md, "Routes").
enum class route_scope : std::uint8_t {
  /// A connection from X to Y counts if X reports it. Gossip uses this scope.
  all,
  /// A connection counts if both ends report it as established.
  established,
};

/// The mesh at one moment and the paths through it. Immutable, so any number of
/// actors can share one object of this class. The next hops are computed when
/// they are first needed: while a mesh forms, most routes are only used for
/// broadcasts, which need none.
class routes {
public:
  /// Takes no time that depends on the size of the mesh. The first use of the
  /// next hops takes time in O(peers + connections) at worst, and far less in a
  /// dense mesh.
  routes(std::uint64_t generation, mesh_graph g,
         route_scope scope = route_scope::all);

  ~routes();
  routes(const routes&) = delete;
  routes& operator=(const routes&) = delete;

  /// The routes of the same mesh in another scope. Computed anew at each call.
  routes over(route_scope scope) const {
    return routes{generation_, graph_, scope};
  }

  std::uint64_t generation() const noexcept {
    return generation_;
  }

  peer_name self() const noexcept {
    return name_of(graph_.self);
  }

  /// The neighbour through which the path to `to` leads; nullopt for ourselves
  /// and for unknown or unreachable peers.
  std::optional<peer_name> next_hop(peer_name to) const;

  /// Whether the mesh has a peer of this name, reachable or not.
  bool knows(peer_name name) const noexcept {
    return slot_of(name) != none;
  }

  /// How many peers are reachable, ourselves included.
  std::size_t reachable() const {
    return found().reachable;
  }

  /// The neighbours to which a broadcast of `source` has to be passed on. Each
  /// call searches the graph, so callers keep the result along with the routes.
  std::vector<peer_name> broadcast_targets(peer_name source) const;

  /// The neighbour that passes broadcasts of `source` on to us. If all
  /// neighbours have the same routes as we do, only this one has us among its
  /// `broadcast_targets`. Each call searches the graph.
  std::optional<peer_name> broadcast_sender(peer_name source) const;

  /// Whether a neighbour has no other neighbour that we know of, so that it
  /// passes nothing on.
  bool is_leaf(peer_name name) const;

  /// How many connections a peer reports, as far as we know.
  std::size_t connection_count(peer_name name) const;

  /// Draws 2·log2(reachable()) neighbours to gossip with, rounded down, or all
  /// if there are fewer. Never draws `except`, and no neighbour twice. The more
  /// peers a neighbour leads to, the more likely it is to be drawn. See
  /// PROTOCOL.md, "Random neighbours".
  std::vector<peer_name> random_neighbours(peer_name except,
                                           std::mt19937_64& rng) const;

  /// All peers of the mesh, sorted.
  const std::vector<peer_name>& names() const noexcept {
    return graph_.peers->names;
  }

private:
  struct neighbour {
    slot who;
    std::uint32_t destinations; // peers with this next hop, itself included
  };

  /// What a search of the mesh finds.
  struct findings {
    /// The next hop of each peer, by slot; `none` for ourselves and for
    /// unreachable peers.
    std::vector<slot> next_hop;
    std::size_t reachable = 1;
    std::vector<neighbour> neighbours;
  };

  static constexpr slot none = 0xffff'ffffu;
  const findings& found() const;
  void search(findings& out) const;
  void count_destinations(findings& out) const;
  slot slot_of(peer_name name) const noexcept;
  peer_name name_of(slot who) const noexcept {
    return names()[graph_.peers->ranks[who]];
  }

  std::uint64_t generation_;
  mesh_graph graph_;
  route_scope scope_;
  mutable std::atomic<const findings*> found_{nullptr}; // null until needed
};

using routes_ptr = std::shared_ptr<const routes>;

} // namespace cafmesh
