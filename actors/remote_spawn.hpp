#pragma once

#include <set>
#include <string>
#include <utility>

#include <caf/actor.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>

#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// users -> directory: spawn an actor at a peer. The application there must
/// have registered the type with CAF's `add_actor_type` and named it in
/// `actor_settings::spawnable`. See `spawn_at`, which makes this message.
///
/// Answered with the actor, never null, or with an error: no_route if the peer
/// is not reachable; not_spawnable if the peer does not allow the type;
/// spawn_failed if the arguments do not fit, or if the actor was not made
/// within `actor_settings::spawn_time`; too_many_actors if
/// `actor_settings::max_spawned` actors that this peer has spawned there are
/// still alive, or if too many factories are still running there; or an error
/// that any request to a remote actor may get (remote_actors.hpp). The request
/// must come from an actor of this node: do not delegate a request of another
/// node's actor to the directory.
///
/// The constructor of an actor's class runs on a thread of its own and may
/// block. The function of a function-based actor runs like a handler and must
/// not block. A constructor that never returns occupies its thread for ever,
/// counts against `max_spawned`, and keeps its actor system from ending.
///
/// The actor lives until it ends itself, or until no peer holds a handle of the
/// actor (see `actor_settings::handle_grace`). It also gets an exit message
/// when its node stops, and when the peer that spawned it has been restarted,
/// has left or was unreachable. The exit reason is the error that a monitor
/// would get.
///
/// A peer publishes the name `spawn:TYPE` for each type that it allows, so
/// `lookup_name` and `watch_names` find the peers where a type can be spawned.
struct spawn_actor {
  peer_name peer; ///< may be this peer
  std::string type;
  caf::message arguments;
  std::set<std::string> interface; ///< empty: any
};

/// Makes a message that spawns an actor that can be used as a `Handle`. Apply
/// `caf::actor_cast<Handle>` to the answer. The arguments must be of the exact
/// types that the actor's constructor or function takes.
template <class Handle = caf::actor, class... Ts>
spawn_actor spawn_at(const caf::actor_system& system, peer_name peer,
                     std::string type, Ts&&... arguments) {
  return {peer, std::move(type),
          caf::make_message(std::forward<Ts>(arguments)...),
          system.message_types<Handle>()};
}

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::spawn_actor)
