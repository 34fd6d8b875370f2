#pragma once

#include <chrono>
#include <optional>

namespace meshctl {

/// When to stop waiting; absent: no limit.
using deadline = std::optional<std::chrono::steady_clock::time_point>;

inline deadline in(std::chrono::milliseconds x) {
  return std::chrono::steady_clock::now() + x;
}

inline bool is_over(const deadline& x) {
  return x && std::chrono::steady_clock::now() >= *x;
}

} // namespace meshctl
