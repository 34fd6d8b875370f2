#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace cafmesh::test {

/// How long a test waits for what should happen at once, on a busy machine.
constexpr std::chrono::seconds patience{20};

/// Asks `condition` every few milliseconds until it holds.
/// @returns whether it did within `timeout`.
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
