#pragma once

#include <string>

#include "tools/meshctl/json.hpp"
#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

/// Says how to list the next items of a list that a limit has cut short. Empty
/// if no items follow.
/// @param what the items in the plural
/// @param document its field `next` is null, or the `--after` of the next page
std::string more_follow(const std::string& what, const json& document,
                        const screen& to);

} // namespace meshctl
