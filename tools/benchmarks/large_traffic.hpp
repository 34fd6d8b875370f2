#pragma once

#include <chrono>

#include <caf/actor.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/behavior.hpp>
#include <caf/fwd.hpp>

#include "tools/benchmarks/options.hpp"

/// Actors for benchmarks of large messages between two processes, and of small
/// ones beside them. The same actors run over CAF's remoting and over the mesh.
/// In the roles `texts` and `map`, the large messages consist of many small
/// values, which take long to encode and decode. In other roles, they consist
/// of bytes.
namespace bench {

constexpr std::chrono::seconds patience{30};

void add_large_types(caf::actor_system_config& to);

/// Answers each large message with its number of elements.
caf::behavior large_sink_behavior();

/// Answers each number with itself.
caf::behavior number_echo_behavior();

/// Reports the round trips of small messages to `echo`, alone and beside a
/// stream of large messages to `sink`, and the throughput of that stream.
void measure_large_traffic(caf::actor_system& system, const caf::actor& sink,
                           const caf::actor& echo, const options& opts);

} // namespace bench
