#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace cafmesh::test {

/// How long a test waits for an event that should happen immediately. It is
/// long because machines may be busy.
constexpr std::chrono::seconds patience{20};

/// Checks `condition` every 5 ms until it holds.
/// @returns whether it held within `timeout`
inline bool eventually(const std::function<bool()>& condition,
                       std::chrono::milliseconds timeout = patience) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

} // namespace cafmesh::test
