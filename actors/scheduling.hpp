#pragma once

#include <caf/fwd.hpp>

namespace cafmesh {

/// Changes the defaults of CAF's scheduler to values that suit a mesh. Call
/// this function in the constructor of the configuration. The application's
/// command line and configuration file take precedence.
///
/// - `scheduler.policy` becomes `sharing`. The default, `stealing`, polls with
///   sleeps, which adds some 80 µs to each wake-up and keeps an idle processor
///   busy.
/// - `scheduler.max-throughput` becomes 100 messages. By default there is no
///   limit, so a flooded actor starves the other actors on its worker.
void set_scheduling(caf::actor_system_config& config);

} // namespace cafmesh
