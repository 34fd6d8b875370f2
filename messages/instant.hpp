#pragma once

#include <chrono>

namespace cafmesh {

/// Time as the core sees it: monotonic, always passed in.
using instant = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

} // namespace cafmesh
