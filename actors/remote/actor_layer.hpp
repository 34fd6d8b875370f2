#pragma once

#include <cstdint>

#include "actors/context/remote_parts.hpp"
#include <cafmesh/remote_actors.hpp>

namespace cafmesh {

/// The parts that carry messages between this node's actors and those of other
/// peers. They end with the router, or after an exit message to the postman.
/// After an exit message, the postman first tells the other peers that this
/// peer leaves.
struct actor_layer {
  /// Provides the directory with handles of remote actors. Never null.
  actor_carrier_ptr carrier;
  /// Needs `homes_changed` from the directory, to know the lives of other
  /// peers. Never null.
  postman_of_directory postman;
};

/// Does the part of `join_actors` that concerns messages: spawns the postman,
/// which joins the channel `cafmesh/actors`.
caf::expected<actor_layer> spawn_actor_layer(caf::actor_system& system,
                                             const router_actor& router,
                                             actor_settings config = {},
                                             log_sink_ptr log = nullptr);

/// The number of messages, other than requests, that this node has dropped
/// because they could not be sent, could not be read or had no receiver.
std::uint64_t dropped_messages(const actor_layer& x);

} // namespace cafmesh
