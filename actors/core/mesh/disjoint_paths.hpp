#pragma once

#include <cstddef>

#include "actors/core/mesh/mesh_graph.hpp"

namespace cafmesh {

/// Whether `wanted` paths without a common peer lead from `from` to `to`, apart
/// from the direct connection between them. Only connections that both ends
/// report as established count. Takes time in O(wanted · connections).
bool has_disjoint_paths(const mesh_graph& mesh, slot from, slot to,
                        std::size_t wanted);

} // namespace cafmesh
