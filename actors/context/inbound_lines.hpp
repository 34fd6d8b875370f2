#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "actors/core/limits/line_budget.hpp"

namespace cafmesh {

/// Limits how many log lines a node writes about inbound connections of
/// authenticated remotes. All connections share one object. May be used from
/// any thread.
class inbound_lines {
public:
  /// @returns the number of lines left out since the last written line; nullopt
  ///          if this line must not be written
  std::optional<std::uint64_t> take_line(instant now) {
    const std::lock_guard guard{mutex_};
    return lines_.take_line(now);
  }

private:
  std::mutex mutex_;
  line_budget lines_;
};

} // namespace cafmesh
