#include "actors/core/mesh/discovery.hpp"

namespace cafmesh::discovery {

std::vector<std::uint8_t> established_from_us(const mesh_graph& mesh) {
  std::vector<std::uint8_t> reached(mesh.connections.size());
  std::vector<slot> open{mesh.self};
  reached[mesh.self] = 1;
  // In a dense mesh, all peers are found long before all edges are followed.
  auto missing = mesh.peers->names.size() - 1;
  while (!open.empty() && missing != 0) {
    auto x = open.back();
    open.pop_back();
    for (const auto& e : mesh.edges(x))
      if (!reached[e.to] && mesh.established_both_ways(x, e)) {
        reached[e.to] = 1;
        --missing;
        open.push_back(e.to);
      }
  }
  return reached;
}

} // namespace cafmesh::discovery
