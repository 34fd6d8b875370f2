#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "actors/core/directory/document_header.hpp"

namespace cafmesh::names {

/// The home of a key among some lives, by rendezvous hashing: peers that know
/// the same lives choose the same one, and if one life joins or leaves, only
/// the keys that it gains or had move. Each life's rank depends on its peer's
/// name alone, so a restart moves no key.
/// @returns nullopt if there is no life
std::optional<life> home_of_key(std::string_view key,
                                const std::vector<life>& among);

} // namespace cafmesh::names
