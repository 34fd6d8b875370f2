#pragma once

#include <vector>

#include "tools/meshd/mesh/kv_store.hpp"
#include <cafmesh/lww_map.hpp>

namespace meshd {

/// The keys that differ between two states of the map.
/// @param news the entries that may differ, or `now` itself. If it is `now`
///        itself, the keys of `before` that `now` lacks count as deleted.
std::vector<kv_change> changes_since(const cafmesh::lww_map& before,
                                     const cafmesh::lww_map& now,
                                     const cafmesh::lww_map& news);

} // namespace meshd
