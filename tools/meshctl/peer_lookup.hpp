#pragma once

#include <string>

#include "tools/meshctl/http/api.hpp"

namespace meshctl {

/// Finds the peer with this name or, if there is none, with this nickname.
/// @param peers the list from `/v1/peers`
/// @throws failure of exit_code::not_found if there is no such peer, and of
///         exit_code::usage if several peers have the nickname
json find_peer(const json& peers, const std::string& name);

} // namespace meshctl
