#pragma once

#include <functional>
#include <string>

namespace bench {

/// Runs two halves of a benchmark, each in a process of its own.
/// @param serve runs in the other process. It passes the address of that
///        process to `ready`, which returns once this process has finished.
/// @param call runs in this process, with that address.
/// @returns the exit status
int run_in_two_processes(
  const std::function<
    void(const std::function<void(const std::string&)>& ready)>& serve,
  const std::function<void(const std::string& address)>& call);

} // namespace bench
