#pragma once

#include <caf/fwd.hpp>

#include "actors/channel/sending_log.hpp"
#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Spawns an actor that carries one channel's gossip and broadcasts to one
/// neighbour. It sends a batch of messages once the connection has taken the
/// previous batch, and merges the data that arrives in the meantime. Relayed
/// data that cannot be merged counts against a limit that all channels share
/// for this neighbour. The actor is linked to the channel, and ends when the
/// channel or the connection ends.
/// @param owner gets `data_failed` if a function of the gossip data throws
/// @param log shared by all gossip senders of the node
gossip_sender_actor spawn_gossip_sender(caf::local_actor* channel,
                                        context_ptr ctx, channel_name name,
                                        connection_actor to,
                                        data_owner_actor owner,
                                        sending_log_ptr log);

} // namespace cafmesh
