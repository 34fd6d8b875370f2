#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "actors/core/directory/document_header.hpp"

namespace cafmesh::names {

/// Chooses one of several lives as the home of a key, by rendezvous hashing.
/// Peers that know the same lives choose the same home; if a life joins or
/// leaves, only the keys move that it gains or had. A restart moves no key,
/// because a life's rank depends only on the key and its peer's name.
/// @returns nullopt if there is no life
std::optional<life> home_of_key(std::string_view key,
                                const std::vector<life>& among);

} // namespace cafmesh::names
