#pragma once

#include "tools/meshctl/command.hpp"
#include "tools/meshctl/session.hpp"

namespace meshctl {

/// The command to run, or a text to print instead of running one.
struct invocation {
  const command* what = nullptr; ///< null: the user asked for `text`
  arguments with;
  global_options options;
  std::string text; ///< help or the version
};

/// Reads the command line and the environment.
/// @throws failure of exit_code::usage
invocation parse_command_line(const commands& all, int argc,
                              const char* const* argv);

/// The options that every command has, for the manual and completion.
const std::vector<parameter>& global_parameters();

} // namespace meshctl
