#pragma once

#include <chrono>
#include <optional>

#include "tools/meshd/mesh/warnings.hpp"

namespace meshd {

/// Detects that the wall clock was set, or shows an impossible time.
class clock_watch {
public:
  using steady_time = std::chrono::steady_clock::time_point;
  using wall_time = std::chrono::system_clock::time_point;

  /// Compares how far both clocks have moved since the previous call. To be
  /// called every few seconds.
  /// @returns a warning if the clocks have drifted apart by 2 s or more since
  ///          the previous call, or if the wall clock shows a time before 2026
  std::optional<warning> check(steady_time steady, wall_time wall);

private:
  std::optional<std::chrono::system_clock::duration> offset_;
};

} // namespace meshd
