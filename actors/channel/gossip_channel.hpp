#pragma once

#include <caf/fwd.hpp>

#include "actors/channel/sending_log.hpp"
#include "actors/context/node_context.hpp"
#include "actors/core/limits/surrogate_limit.hpp"

namespace cafmesh {

/// Spawns one channel (PROTOCOL.md, "Gossip channels"). The channel hands
/// incoming messages to its gossiper and relays messages for other peers. It
/// sends unicasts to the connections in batches. It sends broadcasts and gossip
/// through one `gossip_sender` per neighbour. A channel that already has a
/// gossiper answers `adopt_gossiper` with errc::duplicate_channel.
/// @param gossiper if null, a surrogate, which only relays, takes its place
///        until `adopt_gossiper` arrives
/// @param sending shared by all channels of the node
/// @param usage receives the time of the channel's last use while a surrogate
///        takes the gossiper's place; if null, the channel creates the object
///        itself when its gossiper ends or stalls
inner_channel_actor spawn_gossip_channel(caf::local_actor* parent,
                                         context_ptr ctx, std::string name,
                                         gossiper_actor gossiper,
                                         sending_log_ptr sending,
                                         channel_usage_ptr usage = nullptr);

} // namespace cafmesh
