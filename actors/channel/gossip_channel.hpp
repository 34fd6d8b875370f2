#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// One channel (protocol section 5): hands its gossiper what arrived, and
/// passes on what has to go on. Unicasts go to the connections by itself, in
/// batches; broadcasts and gossip through a `gossip_sender` a neighbour.
/// @param gossiper null: a surrogate takes the place until one is adopted.
/// @returns errc::duplicate_channel to adopt_gossiper where there is one.
inner_channel_actor spawn_gossip_channel(caf::actor_system& system,
                                         context_ptr ctx, std::string name,
                                         gossiper_actor gossiper);

} // namespace cafmesh
