#pragma once

#include <cstddef>

#include "actors/core/mesh/mesh_graph.hpp"

namespace cafmesh {

/// Whether `wanted` paths without a common peer lead from `from` to `to` even
/// if the connection between the two ends. Only connections count that both
/// ends report as established. Takes time in O(wanted · connections).
bool has_disjoint_paths(const mesh_graph& mesh, slot from, slot to,
                        std::size_t wanted);

} // namespace cafmesh
