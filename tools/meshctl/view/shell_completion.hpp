#pragma once

#include <string>

#include "tools/meshctl/command.hpp"

namespace meshctl {

/// A script that completes commands and options in bash.
std::string bash_completion(const commands& all,
                            const std::vector<parameter>& globals);

/// A script that makes zsh use the script for bash.
std::string zsh_completion(const commands& all,
                           const std::vector<parameter>& globals);

} // namespace meshctl
