#pragma once

#include <caf/fwd.hpp>

namespace cafmesh {

/// Sets CAF's scheduler as a mesh wants it, where the application does not say
/// otherwise on its command line or in its file; to be called in the constructor
/// of the configuration.
///
/// - `scheduler.policy` becomes `sharing`: the default, `stealing`, polls with
///   sleeps, which adds some 80 µs to each wake-up and keeps an idle processor
///   busy.
/// - `scheduler.max-throughput` becomes 100 messages: the default is no limit,
///   with which one flooded actor keeps others from its worker.
void set_scheduling(caf::actor_system_config& config);

} // namespace cafmesh
