#pragma once

#include <chrono>
#include <cstdint>

/// The limit by which replicated values tell forged numbers from honest ones.
namespace cafmesh {

/// The time of day. Replicated values use it only to tell forged numbers from
/// honest ones; without forged numbers a wrong time does no harm.
using wall_time = std::chrono::system_clock::time_point;

/// The start of 2026. An earlier date counts as this date. A value for which
/// `set_date` was not called uses this date too.
constexpr wall_time earliest_wall_time{std::chrono::seconds{1'767'225'600}};

/// The greatest number that honest peers can have reached by `now`, if each
/// counts at most `per_second` numbers in each whole second since the start of
/// 2020. Replicated values ignore greater numbers from other peers. So no
/// forged number stays the greatest: a second later, greater numbers are
/// accepted.
/// @pre `per_second <= 2^30`, which keeps the result below 2^63
std::uint64_t reachable(wall_time now, std::uint64_t per_second) noexcept;

} // namespace cafmesh
