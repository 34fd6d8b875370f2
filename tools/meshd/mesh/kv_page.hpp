#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tools/meshd/mesh/kv_store.hpp"
#include <cafmesh/lww_map.hpp>

namespace meshd {

/// Lists in order the entries after the key `after` whose keys begin with
/// `prefix`. It looks at a limited number of entries, so a page may be short
/// although more entries follow.
/// @param limit the maximum number of entries
/// @param most_bytes the page ends once its values have this size
kv_page page_of(const cafmesh::lww_map& map, const std::string& prefix,
                const std::string& after, std::size_t limit,
                std::size_t most_bytes = SIZE_MAX);

} // namespace meshd
