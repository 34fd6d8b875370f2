#pragma once

#include <cstdint>

#include "actors/context/remote_parts.hpp"
#include <cafmesh/remote_actors.hpp>

namespace cafmesh {

/// What carries messages between the actors of this node and those of others.
/// It ends with the router, or after an exit message to the postman, which
/// tells the peers that this one leaves.
struct actor_layer {
  /// For the directory of names: makes handles. Never null.
  actor_carrier_ptr carrier;
  /// Must be told which lives there are. Never null.
  postman_of_directory postman;
};

/// Joins the channel `cafmesh/actors`. See `join_actors`.
caf::expected<actor_layer> spawn_actor_layer(caf::actor_system& system,
                                             const router_actor& router,
                                             actor_settings config = {},
                                             log_sink_ptr log = nullptr);

/// The number of messages that are no requests and were dropped here, because
/// they could not be sent or were for no actor.
std::uint64_t dropped_messages(const actor_layer& x);

} // namespace cafmesh
