#pragma once

#include <string>

#include "tools/meshctl/json.hpp"
#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

/// Says how to list the items that follow in a list that a limit has cut short.
/// Empty if there are no more.
/// @param what the items in the plural
/// @param document its field `next` is null, or the `--after` of the next page
std::string more_follow(const std::string& what, const json& document,
                        const screen& to);

} // namespace meshctl
