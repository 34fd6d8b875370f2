#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "../../messages/peer_name.hpp"

namespace cafmesh {

/// Which connections a table may use (protocol section 7).
enum class reach : std::uint8_t {
  /// All known connections; one direction suffices. Gossip uses these.
  all,
  /// Only those that are established and that both ends report so.
  established,
};

/// The mesh as seen at one moment and the ways through it. Immutable, so that
/// any number of actors can share one; replaced, never changed.
class routes {
public:
  struct edge {
    std::uint32_t to; ///< index into `names`
    bool established_both_ways;
  };

  /// All peers sorted by name, and each peer's edges sorted by `to`:
  /// those of peer i are `edges[first_edge[i]] … edges[first_edge[i + 1] - 1]`.
  struct graph {
    std::vector<peer_name> names;
    std::vector<std::uint32_t> first_edge;
    std::vector<edge> edges;
    std::uint32_t self = 0;
  };

  routes(std::uint64_t generation, graph g);

  /// Grows with every recalculation.
  std::uint64_t generation() const noexcept {
    return generation_;
  }

  peer_name self() const noexcept {
    return graph_.names[graph_.self];
  }

  /// The neighbour through which `to` is reached; nothing for ourselves, for
  /// unknown peers and for those out of reach.
  std::optional<peer_name> next_hop(peer_name to, reach r) const;

  /// Whether the graph has such a peer, within reach or not.
  bool knows(peer_name name) const noexcept {
    return index_of(name) != none;
  }

  /// How many peers the unicast table holds, ourselves included.
  std::size_t reachable(reach r) const noexcept {
    return tables_[static_cast<std::size_t>(r)].reachable;
  }

  /// Whom to pass a broadcast of `source` on to. Searches the graph at each
  /// call: callers keep the answer for as long as they keep the routes.
  std::vector<peer_name> broadcast_targets(peer_name source, reach r) const;

  /// Neighbours to gossip with: min(2·log2(reachable peers), neighbours) of
  /// them, drawn without replacement, each weighted by how many destinations
  /// are reached through it; never `except`.
  std::vector<peer_name> random_neighbours(peer_name except,
                                           std::mt19937_64& rng) const;

  const graph& topology() const noexcept {
    return graph_;
  }

private:
  struct table {
    // Per peer the index of the next hop; `none` where there is no way, and
    // for ourselves.
    std::vector<std::uint32_t> next_hop;
    std::size_t reachable = 1;
  };
  struct neighbour {
    std::uint32_t index;
    std::uint32_t destinations; // reached through it, itself included
  };

  static constexpr std::uint32_t none = 0xffff'ffffu;
  table search(reach r) const;
  std::vector<neighbour> weigh_neighbours() const;
  std::uint32_t index_of(peer_name name) const noexcept;

  std::uint64_t generation_;
  graph graph_;
  table tables_[2];
  std::vector<neighbour> neighbours_;
};

using routes_ptr = std::shared_ptr<const routes>;

} // namespace cafmesh
