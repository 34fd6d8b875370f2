#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <caf/behavior.hpp>
#include <caf/fwd.hpp>

#include "tools/benchmarks/options.hpp"

/// Actors for benchmarks of messages between two processes. The same actors run
/// over CAF's remoting and over the mesh.
namespace bench {

/// The content of a message. The configuration of an actor system must register
/// this type under the name `message_bytes`.
using message_bytes = std::vector<std::uint8_t>;

/// Checks the messages that a source sends, and reports `done` after the last.
/// Tells the source how many more messages it may send, because CAF's remoting
/// has no flow control.
/// @param size the size of each message in bytes
caf::behavior sink_behavior(caf::event_based_actor* self, std::size_t size);

caf::behavior echo_behavior(caf::event_based_actor* self);

/// Sends messages to a sink for `opts.seconds`, then prints the event `sent`.
caf::behavior source_behavior(caf::event_based_actor* self,
                              const caf::actor& to, const options& opts);

/// Sends a message to an echo actor, waits for the echo, and repeats this for
/// `opts.seconds`. Then reports `done` with the round-trip times.
caf::behavior pinger_behavior(caf::event_based_actor* self,
                              const caf::actor& to, const options& opts);

/// Monitors an echo actor, and reports `watching` once the monitor is in place.
/// Reports `down`, with the steady clock's time in seconds, when the actor is
/// down.
caf::behavior watcher_behavior(caf::event_based_actor* self,
                               const caf::actor& to, const options& opts);

} // namespace bench
