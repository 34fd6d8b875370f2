#pragma once

#include <memory>

#include "tools/benchmarks/traffic.hpp"

namespace bench {

/// What the listeners of one process have in common: who has heard what.
class audience;

/// @param listeners how many there will be.
std::shared_ptr<audience> make_audience(std::size_t listeners);

/// Checks what arrives, acknowledges what is to be acknowledged, and reports
/// when the last of the audience has heard the last message.
role_actor spawn_listener(caf::actor_system& system, const options& opts,
                          std::shared_ptr<audience> all);

/// Broadcasts to `nodes` listeners, once all of them answer: for a while one
/// message after the other has been heard by all, then as fast as a few
/// unacknowledged batches allow.
role_actor spawn_broadcaster(caf::actor_system& system, const options& opts);

} // namespace bench
