#pragma once

#include <chrono>
#include <optional>

#include "tools/meshd/mesh/warnings.hpp"

namespace meshd {

/// Notices that the wall clock was set, or that it is certainly wrong.
class clock_watch {
public:
  using steady_time = std::chrono::steady_clock::time_point;
  using wall_time = std::chrono::system_clock::time_point;

  /// To be called now and then, with the time of both clocks.
  /// @returns what is wrong; nothing if the wall clock has gone as far as the
  ///          steady one, give or take 2 s
  std::optional<warning> look(steady_time steady, wall_time wall);

private:
  std::optional<std::chrono::system_clock::duration> offset_;
};

} // namespace meshd
