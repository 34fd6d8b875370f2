#pragma once

#include <string>

#include "tools/meshctl/command.hpp"

/// Scripts that complete commands in a shell.
namespace meshctl {

/// A script that completes commands and options in bash.
std::string bash_completion(const commands& all,
                            const std::vector<parameter>& globals);

/// A script that completes them in zsh, by means of the script for bash.
std::string zsh_completion(const commands& all,
                           const std::vector<parameter>& globals);

} // namespace meshctl
