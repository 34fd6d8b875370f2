#include <cafmesh/reachable.hpp>

#include <algorithm>

namespace cafmesh {

std::uint64_t reachable(wall_time now, std::uint64_t per_second) noexcept {
  // The beginning of 2020, UTC.
  constexpr wall_time start{std::chrono::seconds{1'577'836'800}};
  auto passed = std::chrono::duration_cast<std::chrono::seconds>(
    std::max(now, earliest_wall_time) - start);
  return static_cast<std::uint64_t>(passed.count()) * per_second;
}

} // namespace cafmesh
