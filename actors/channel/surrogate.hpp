#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Spawns the gossiper of a channel that no actor of this node has joined
/// (PROTOCOL.md, "Surrogate channels"). It relays all broadcasts. It relays
/// gossip unless a surrogate of this node has seen the same gossip less than
/// half a gossip interval ago. It ignores unicasts, and is linked to its
/// channel.
gossiper_actor spawn_surrogate(caf::local_actor* channel, context_ptr ctx,
                               const channel_name& name);

} // namespace cafmesh
