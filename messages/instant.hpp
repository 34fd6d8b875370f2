#pragma once

#include <chrono>

namespace cafmesh {

/// Monotonic time. Code in `actors/core/` reads no clock; its callers pass the
/// time in.
using instant = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

} // namespace cafmesh
