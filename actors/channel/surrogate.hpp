#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Spawns the gossiper of a channel that no actor of this node has joined
/// (PROTOCOL.md, "Surrogate channels"). The gossiper relays broadcasts, and
/// gossip that no surrogate of this node has seen for half a gossip interval;
/// it ignores unicasts. It is linked to its channel.
gossiper_actor spawn_surrogate(caf::local_actor* channel, context_ptr ctx,
                               const channel_name& name);

} // namespace cafmesh
