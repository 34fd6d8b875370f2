#pragma once

#include <functional>

#include <caf/fwd.hpp>

#include <cafmesh/handles.hpp>

namespace cafmesh {

/// A gossiper for a channel that carries only unicasts. Has no state, and drops
/// broadcasts and gossip without passing them on.
/// @param receive called in the actor for one unicast at a time, in the order
///        of arrival from each neighbour. An exception ends the actor, and the
///        channel then only relays. `receive` must not block, since it runs on
///        a thread of CAF's scheduler. For blocking functions, see
///        `spawn_detached_unicast_receiver`.
gossiper_actor spawn_unicast_receiver(
  caf::actor_system& system,
  std::function<void(peer_name from, const payload& data)> receive);

/// Like `spawn_unicast_receiver`, but the actor has a thread of its own, so
/// that `receive` may block. See gossiping.hpp about blocking for longer than
/// `settings::answer_limit`. Like every detached actor, this actor runs until
/// it gets an exit message, even if nobody has a handle to it.
/// @throws std::runtime_error if no thread can be made
gossiper_actor spawn_detached_unicast_receiver(
  caf::actor_system& system,
  std::function<void(peer_name from, const payload& data)> receive);

} // namespace cafmesh
