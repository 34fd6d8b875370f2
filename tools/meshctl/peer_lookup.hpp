#pragma once

#include <string>

#include "tools/meshctl/http/api.hpp"

namespace meshctl {

/// The peer of `/v1/peers` that has this name or, if there is none, this
/// nickname.
/// @throws failure of exit_code::not_found if no peer has it, and of
///         exit_code::usage if several have the nickname
json find_peer(const json& peers, const std::string& name);

} // namespace meshctl
