#pragma once

#include <memory>

#include "tools/benchmarks/traffic.hpp"

namespace bench {

/// Counts, for all listeners of one process, which messages they received.
class audience;

/// @param listeners their number.
std::shared_ptr<audience> make_audience(std::size_t listeners);

/// Checks broadcasts, acknowledges those that ask for it, and reports once the
/// whole audience has received the last one.
role_actor spawn_listener(caf::actor_system& system, const options& opts,
                          std::shared_ptr<audience> all);

/// Broadcasts to `nodes` listeners once all of them answer probes: first each
/// message after all have received the one before, then as fast as a few
/// unacknowledged batches allow.
role_actor spawn_broadcaster(caf::actor_system& system, const options& opts);

} // namespace bench
