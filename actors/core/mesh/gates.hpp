#pragma once

#include <vector>

#include "actors/core/mesh/mesh_graph.hpp"

namespace cafmesh {

constexpr slot no_gate = 0xffff'ffffu;

/// For the peer in each slot, the peer through which all paths from `from` to
/// it lead; of several, the one nearest to `from`. `no_gate` for neighbours of
/// `from`, for peers to which two paths without a common peer lead, and for
/// unreachable ones. Only connections count that both ends report as
/// established. Takes time in O(peers + connections).
std::vector<slot> gates_from(const mesh_graph& mesh, slot from);

} // namespace cafmesh
