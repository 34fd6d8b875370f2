#pragma once

#include <cstddef>
#include <string>

#include "tools/meshd/mesh/kv_store.hpp"
#include <cafmesh/lww_map.hpp>

namespace meshd {

/// A page with values ends once its keys and values have this many bytes.
constexpr std::size_t longest_page_of_values = 1024 * 1024;

/// Lists in order the entries after the key `after` whose keys begin with
/// `prefix`. A page may be short although more entries follow.
/// @param limit the maximum number of entries
/// @param with_values whether the list includes values
kv_page page_of(const cafmesh::lww_map& map, const std::string& prefix,
                const std::string& after, std::size_t limit,
                bool with_values = false);

} // namespace meshd
