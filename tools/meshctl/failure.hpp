#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace meshctl {

/// The exit status of the program. Scripts depend on the numbers.
enum class exit_code : int {
  success = 0,
  failed = 1,
  usage = 2,        ///< wrong options or arguments
  unreachable = 3,  ///< there is no connection to meshd
  not_found = 4,    ///< the peer, channel, key or set does not exist
  precondition = 5, ///< --if-match or --if-none-match does not hold
  timed_out = 124,
  interrupted = 130,
};

/// Ends the command with a message, advice, and an exit status.
class failure : public std::runtime_error {
public:
  failure(exit_code code, const std::string& text, std::string advice = {})
      : std::runtime_error(text), code_(code), advice_(std::move(advice)) {
  }

  exit_code code() const noexcept {
    return code_;
  }

  /// What the user can do; may be empty.
  const std::string& advice() const noexcept {
    return advice_;
  }

private:
  exit_code code_;
  std::string advice_;
};

/// The user has asked the program to end, by Ctrl-C or SIGTERM.
struct interrupted {};

/// The program that reads standard output has ended. It is no error.
struct output_closed {};

} // namespace meshctl
