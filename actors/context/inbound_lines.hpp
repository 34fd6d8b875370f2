#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "actors/core/limits/line_budget.hpp"

namespace cafmesh {

/// The limit on log lines about inbound connections of authenticated remotes,
/// which all connections of a node share. Thread-safe.
class inbound_lines {
public:
  /// Like `line_budget::admit`.
  std::optional<std::uint64_t> admit(instant now) {
    const std::lock_guard guard{mutex_};
    return lines_.admit(now);
  }

private:
  std::mutex mutex_;
  line_budget lines_;
};

} // namespace cafmesh
