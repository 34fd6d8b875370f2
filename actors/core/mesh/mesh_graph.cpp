#include "actors/core/mesh/mesh_graph.hpp"

#include <algorithm>

namespace cafmesh {

bool mesh_graph::established_both_ways(slot from,
                                       const adjacency::edge& x) const {
  if (!x.established)
    return false;
  auto& ranks = peers->ranks;
  auto& back = edges(x.to);
  auto less = [&ranks](const adjacency::edge& e, std::uint32_t rank) {
    return ranks[e.to] < rank;
  };
  auto i = std::lower_bound(back.begin(), back.end(), ranks[from], less);
  return i != back.end() && i->to == from && i->established;
}

} // namespace cafmesh
