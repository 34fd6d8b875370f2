#pragma once

#include <string_view>

#include <caf/expected.hpp>

#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// The peer name that a person means: a text form for `mac`, anything for
/// `hash`, whose name is then the first half of the text's SHA-256.
/// @returns errc::bad_peer_name that quotes the text.
caf::expected<peer_name> name_from_user_input(std::string_view text,
                                              name_flavour flavour);

} // namespace cafmesh
