#include "actors/core/mesh/mesh_graph.hpp"

#include <algorithm>

namespace cafmesh {

const adjacency::edge* mesh_graph::opposite(slot from,
                                            const adjacency::edge& x) const {
  auto& ranks = peers->ranks;
  auto back = edges(x.to);
  auto less = [&ranks](const adjacency::edge& e, std::uint32_t rank) {
    return ranks[e.to] < rank;
  };
  const auto* i = std::lower_bound(back.begin(), back.end(), ranks[from], less);
  return i != back.end() && i->to == from ? i : nullptr;
}

std::vector<std::uint8_t>
mesh_graph::established_from(slot start, std::optional<slot> goal) const {
  std::vector<std::uint8_t> reached(connections.size());
  std::vector<slot> open{start};
  reached[start] = 1;
  // Counts the peers that are not found yet, so that the search can end early.
  // In a dense mesh, all peers are found long before all edges are followed.
  auto missing = peers->names.size() - 1;
  while (!open.empty() && missing != 0 && !(goal && reached[*goal])) {
    auto x = open.back();
    open.pop_back();
    for (const auto& e : edges(x))
      if (!reached[e.to] && established_both_ways(x, e)) {
        reached[e.to] = 1;
        --missing;
        open.push_back(e.to);
      }
  }
  return reached;
}

} // namespace cafmesh
