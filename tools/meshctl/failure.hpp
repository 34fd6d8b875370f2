#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace meshctl {

/// The exit status of the program. The numbers must not change, because scripts
/// depend on them.
enum class exit_code : int {
  success = 0,
  failed = 1,
  usage = 2,        ///< wrong options or arguments
  unreachable = 3,  ///< there is no connection to meshd
  not_found = 4,    ///< the peer, target, channel, key or set is unknown
  precondition = 5, ///< --if-match or --if-none-match does not hold
  timed_out = 124,
  interrupted = 130,
};

/// Thrown to end the command with a message, advice and an exit status.
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

/// Thrown if the user has asked the program to end, by Ctrl-C or SIGTERM.
struct interrupted {};

/// Thrown if nobody reads standard output any more, as in `meshctl events |
/// head`. The program then ends without an error.
struct output_closed {};

} // namespace meshctl
