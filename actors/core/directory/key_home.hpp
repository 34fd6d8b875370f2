#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "actors/core/directory/document_header.hpp"

namespace cafmesh::names {

/// Chooses which of several peers is the home of a key, by rendezvous hashing.
/// Peers that know the same candidates choose the same home. When a peer joins,
/// some keys move to it. When a peer leaves, only its keys move. A restarted
/// peer keeps its keys, because a candidate's rank depends only on the key and
/// on the peer's name.
/// @returns nullopt if there is no candidate
std::optional<life> home_of_key(std::string_view key,
                                const std::vector<life>& among);

} // namespace cafmesh::names
