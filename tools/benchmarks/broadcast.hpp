#pragma once

#include <memory>

#include "tools/benchmarks/traffic.hpp"

/// The actors in a benchmark of broadcasts: one source and its listeners.
namespace bench {

/// Statistics about the broadcasts that the listeners of one process have
/// received.
class audience;

std::shared_ptr<audience> make_audience(std::size_t listeners);

/// Spawns a listener, which checks broadcasts and acknowledges those marked
/// with `acknowledge_mark`. A report is printed once all listeners of this
/// process have received the last broadcast.
role_actor spawn_listener(caf::actor_system& system, const options& opts,
                          std::shared_ptr<audience> all);

/// Spawns the source, which waits until `opts.nodes` listeners answer its
/// probes. Then it sends one message at a time to measure latency. After that,
/// it measures throughput with batches, and does not wait for each
/// acknowledgement.
role_actor spawn_broadcaster(caf::actor_system& system, const options& opts);

} // namespace bench
