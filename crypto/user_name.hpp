#pragma once

#include <string_view>

#include <caf/expected.hpp>

#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// Makes a peer name from text that a user typed. For `mac`, `text` is the
/// name's text form. For `hash` it is any text, and the name is the first half
/// of its SHA-256.
/// @returns the name, or errc::bad_peer_name, which quotes the text.
caf::expected<peer_name> name_from_user_input(std::string_view text,
                                              name_flavour flavour);

} // namespace cafmesh
