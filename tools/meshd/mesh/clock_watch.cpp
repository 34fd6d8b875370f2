#include "tools/meshd/mesh/clock_watch.hpp"

#include <cstdlib>
#include <utility>

#include <cafmesh/reachable.hpp>

namespace meshd {

namespace {

constexpr std::chrono::seconds least_jump{2};

constexpr char hint[] = "Set the clock of each node by NTP: of two writers of "
                        "a key, the one with the later clock wins.";

} // namespace

std::optional<warning> clock_watch::check(steady_time steady, wall_time wall) {
  using std::chrono::duration_cast;
  using std::chrono::system_clock;
  auto offset =
    wall.time_since_epoch()
    - duration_cast<system_clock::duration>(steady.time_since_epoch());
  auto before = std::exchange(offset_, offset);
  if (wall < cafmesh::earliest_wall_time)
    return warning{"clock_behind",
                   "The clock shows a time before 2026, so what others have "
                   "written since is ignored.",
                   hint};
  auto jump = before ? offset - *before : system_clock::duration::zero();
  if (jump < least_jump && jump > -least_jump)
    return std::nullopt;
  auto seconds = duration_cast<std::chrono::seconds>(jump).count();
  return warning{"clock_jumped",
                 "The clock jumped " + std::to_string(std::abs(seconds)) + " s "
                   + (seconds > 0 ? "forward." : "back."),
                 hint};
}

} // namespace meshd
