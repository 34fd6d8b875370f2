#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Carries one channel's gossip and broadcasts to one neighbour: one item at a
/// time, each when the connection has taken the one before; what comes
/// meanwhile is merged. What is relayed without being understood is bounded
/// together with that of other channels for that neighbour. Ends with the connection, or with the channel, to which
/// it is linked.
gossip_sender_actor spawn_gossip_sender(caf::local_actor* channel,
                                        context_ptr ctx, channel_name name,
                                        connection_actor to);

} // namespace cafmesh
