#include "actors/core/mesh/common_tree.hpp"

#include <algorithm>
#include <cstdint>

namespace cafmesh {

namespace {

constexpr std::uint32_t beyond = 0xffff'ffffu;

// The distance of each peer from `root`, by slot; `beyond` for those that are
// farther away than we are.
std::vector<std::uint32_t> levels(const mesh_graph& g, slot root) {
  std::vector<std::uint32_t> result(g.connections.size(), beyond);
  result[root] = 0;
  std::vector<slot> found{root};
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto x = found[i];
    if (result[x] >= result[g.self] && result[g.self] != beyond)
      break;
    for (const auto& e : g.edges(x))
      if (result[e.to] == beyond && g.established_both_ways(x, e)) {
        result[e.to] = result[x] + 1;
        found.push_back(e.to);
      }
  }
  return result;
}

} // namespace

std::vector<slot> neighbours_in_common_tree(const mesh_graph& g) {
  auto& all = g.peers->slots;
  auto& ranks = g.peers->ranks;
  auto ours = g.established_from(g.self);
  auto root =
    *std::find_if(all.begin(), all.end(), [&](slot x) { return ours[x] != 0; });
  auto level = levels(g, root);
  const auto our_level = level[g.self];
  // Whether another peer on our level with a lower name passes news on to `x`.
  auto has_another = [&](slot x) {
    auto edges = g.edges(x);
    return std::any_of(edges.begin(), edges.end(), [&](const auto& e) {
      return level[e.to] == our_level && ranks[e.to] < ranks[g.self]
             && g.established_both_ways(x, e);
    });
  };
  std::vector<slot> result;
  auto parent = g.self;
  for (const auto& e : g.edges(g.self)) {
    if (!g.established_both_ways(g.self, e))
      continue;
    // Connections are sorted by name.
    if (level[e.to] < our_level && parent == g.self)
      parent = e.to;
    else if (level[e.to] == beyond && !has_another(e.to))
      result.push_back(e.to);
  }
  if (parent != g.self)
    result.push_back(parent);
  std::sort(result.begin(), result.end());
  return result;
}

} // namespace cafmesh
