#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"
#include "actors/core/limits/surrogate_limit.hpp"

namespace cafmesh {

/// Spawns one channel (PROTOCOL.md, "Gossip channels"). It hands incoming
/// messages to its gossiper and relays those that have further to go. It sends
/// unicasts to the connections itself, in batches, and broadcasts and gossip
/// through one `gossip_sender` per neighbour. It answers `adopt_gossiper` with
/// errc::duplicate_channel if it already has a gossiper.
/// @param gossiper null: a surrogate relays until a gossiper is adopted.
/// @param usage updated with each batch while the channel has a surrogate;
///        null: not updated.
inner_channel_actor spawn_gossip_channel(caf::local_actor* parent,
                                         context_ptr ctx, std::string name,
                                         gossiper_actor gossiper,
                                         channel_usage_ptr usage = nullptr);

} // namespace cafmesh
