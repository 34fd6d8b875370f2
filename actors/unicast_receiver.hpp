#pragma once

#include <functional>

#include <caf/fwd.hpp>

#include <cafmesh/handles.hpp>

namespace cafmesh {

/// A gossiper for a channel of unicasts: it has no state to gossip, and
/// broadcasts and gossip go no further than here.
/// @param receive called with each unicast for us, one after the other, in the
///        order of arrival from each neighbour; not on the caller's thread.
///        What it throws ends the actor, and the channel relays from then on.
gossiper_actor spawn_unicast_receiver(
  caf::actor_system& system,
  std::function<void(peer_name from, const payload& data)> receive);

} // namespace cafmesh
