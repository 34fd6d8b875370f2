#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"
#include "actors/core/limits/surrogate_limit.hpp"

namespace cafmesh {

/// One channel (PROTOCOL.md, "Gossip channels"): hands what arrives to its
/// gossiper and relays what has to go further. Sends unicasts to the
/// connections itself, in batches, and broadcasts and gossip through one
/// `gossip_sender` per neighbour. Answers `adopt_gossiper` with
/// errc::duplicate_channel if it has a gossiper already.
/// @param gossiper null: a surrogate relays until one is adopted.
/// @param usage noted for each batch until then; null: not noted.
inner_channel_actor spawn_gossip_channel(caf::actor_system& system,
                                         context_ptr ctx, std::string name,
                                         gossiper_actor gossiper,
                                         channel_usage_ptr usage = nullptr);

} // namespace cafmesh
