#pragma once

#include <functional>

#include <caf/fwd.hpp>

#include <cafmesh/handles.hpp>

namespace cafmesh {

/// A gossiper for a channel that carries only unicasts: it has no state and
/// drops broadcasts and gossip without passing them on.
/// @param receive called in the actor for one unicast at a time, in the order
///        of arrival from each neighbour. An exception ends the actor, and a
///        surrogate relays in its place.
gossiper_actor spawn_unicast_receiver(
  caf::actor_system& system,
  std::function<void(peer_name from, const payload& data)> receive);

} // namespace cafmesh
