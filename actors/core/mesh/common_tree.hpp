#pragma once

#include <vector>

#include "actors/core/mesh/mesh_graph.hpp"

namespace cafmesh {

/// Our neighbours in the tree along which gathered news spreads, by slot: the
/// broadcast tree of the first peer by name, over connections that both ends
/// report as established.
std::vector<slot> neighbours_in_common_tree(const mesh_graph& g);

} // namespace cafmesh
