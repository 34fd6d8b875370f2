#pragma once

#include <cstdint>

#include "actors/context/remote_parts.hpp"
#include <cafmesh/remote_actors.hpp>

namespace cafmesh {

/// The parts that carry messages between this node's actors and those of other
/// peers. They end when the router ends or the postman gets an exit message.
/// After an exit message, the postman first tells the other peers that this
/// peer leaves.
struct actor_layer {
  /// Provides the directory with handles of remote actors. Never null.
  actor_carrier_ptr carrier;
  /// The actor that sends and receives the messages. The directory must tell it
  /// of other peers with `homes_changed`. Never null.
  postman_of_directory postman;
};

/// Spawns the postman, which joins the channel `cafmesh/actors`. This is the
/// part of `join_actors` that concerns messages.
/// @returns errc::no_identity if the system has no node ID of its own;
///          errc::bad_setting if `config` is bad or the router is null
caf::expected<actor_layer>
spawn_actor_layer(caf::actor_system& system, const router_actor& router,
                  actor_settings config = {}, log_sink_ptr log = nullptr,
                  blocking_work where = blocking_work::on_own_thread);

/// The number of messages, other than requests, that this node has dropped
/// because they could not be sent, could not be read or had no receiver.
std::uint64_t dropped_messages(const actor_layer& x);

} // namespace cafmesh
