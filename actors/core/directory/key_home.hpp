#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "actors/core/directory/document_header.hpp"

namespace cafmesh::names {

/// Chooses which of several peers is the home of a key, by rendezvous hashing.
/// Peers that know the same candidates choose the same home. If a peer joins,
/// only the keys that it gets move. If it leaves, only the keys that it had
/// move. A restart moves no key, because only the key and the peer's name
/// decide a candidate's rank.
/// @returns nullopt if there is no candidate
std::optional<life> home_of_key(std::string_view key,
                                const std::vector<life>& among);

} // namespace cafmesh::names
