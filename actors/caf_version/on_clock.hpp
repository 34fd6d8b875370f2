#pragma once

#include <functional>

#include <caf/fwd.hpp>

#include <cafmesh/instant.hpp>

namespace cafmesh::caf_version {

/// Calls `f` on the thread of the system's clock, every `interval`, until `f`
/// returns false or the system ends. That thread runs even while blocked actors
/// occupy all threads of the scheduler. `f` must be quick and must not throw.
void call_on_clock(caf::actor_system& system, duration interval,
                   std::function<bool()> f);

} // namespace cafmesh::caf_version
