#pragma once

#include <memory>

#include "tools/benchmarks/traffic.hpp"

/// The roles in a benchmark of broadcasts: the source and its listeners.
namespace bench {

/// Records which messages the listeners of one process have received.
class audience;

std::shared_ptr<audience> make_audience(std::size_t listeners);

/// Spawns a listener, which checks broadcasts, acknowledges those that ask for
/// it, and reports once the whole audience has received the last one.
role_actor spawn_listener(caf::actor_system& system, const options& opts,
                          std::shared_ptr<audience> all);

/// Spawns the source, which broadcasts to `nodes` listeners once all of them
/// answer probes. At first it sends each message once all listeners have
/// received the previous one. Later it sends batches, of which a few may be
/// unacknowledged.
role_actor spawn_broadcaster(caf::actor_system& system, const options& opts);

} // namespace bench
