#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "actors/core/directory/document_header.hpp"

namespace cafmesh::names {

/// Chooses one of several lives as the home of a key, by rendezvous hashing.
/// Peers that know the same lives choose the same home. If a life joins, only
/// the keys that it gets move; if a life leaves, only the keys that it had
/// move. A restart moves no key, because a life's rank depends only on the key
/// and its peer's name.
/// @returns nullopt if there is no life
std::optional<life> home_of_key(std::string_view key,
                                const std::vector<life>& among);

} // namespace cafmesh::names
