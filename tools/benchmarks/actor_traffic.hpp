#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <caf/behavior.hpp>
#include <caf/fwd.hpp>

#include "tools/benchmarks/options.hpp"

/// The actors with which CAF's remoting and cafmesh's actors across the mesh
/// are measured. They are the same for both.
namespace bench {

/// The content of a message. A configuration must add it as a message type
/// named `message_bytes`.
using message_bytes = std::vector<std::uint8_t>;

/// Checks what a source sends, and reports `done` after the last message.
/// Grants credit for batches of messages, because remoting has no
/// back-pressure of its own.
/// @param size the size of each message in bytes
caf::behavior sink_behavior(caf::event_based_actor* self, std::size_t size);

/// Sends each message back.
caf::behavior echo_behavior(caf::event_based_actor* self);

/// Sends messages to a sink for `opts.seconds`, then reports `sent`.
caf::behavior source_behavior(caf::event_based_actor* self,
                              const caf::actor& to, const options& opts);

/// Sends one message after another to an echo actor for `opts.seconds`, then
/// reports `done` with the times of the round trips.
caf::behavior pinger_behavior(caf::event_based_actor* self,
                              const caf::actor& to, const options& opts);

} // namespace bench
