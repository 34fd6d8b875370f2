#pragma once

#include <functional>
#include <string>

namespace bench {

/// Runs the two halves of a benchmark in two processes.
/// @param serve runs in a child process. It passes the child's address to
///        `ready`, which never returns: it ends the child once `call` has
///        returned.
/// @param call runs in the calling process, with the child's address
/// @returns the exit status
int run_in_two_processes(
  const std::function<
    void(const std::function<void(const std::string&)>& ready)>& serve,
  const std::function<void(const std::string& address)>& call);

} // namespace bench
