#pragma once

#include <chrono>

#include <caf/fwd.hpp>

#include <cafmesh/overlay.hpp>

/// The actor that asks the overlay for an overlay_connection, and the messages
/// with which the actor reports to the connection.
namespace cafmesh {

// overlay_preparation -> connection

/// Hands over the overlay_connection. If the connection answers with an error,
/// it has not become the owner of the overlay_connection.
struct overlay_prepared {
  overlay_connection_actor connection;
};

/// The overlay refused, or did not answer in time.
struct overlay_refused {
  caf::error why;
};

using preparing_connection_actor =
  overlay_host_actor::extend<caf::reacts_to<overlay_prepared>,
                             caf::reacts_to<overlay_refused>>;

/// Spawns an actor that asks the overlay for an overlay_connection, and ends
/// after the answer or after `patience`. If the connection has ended before the
/// answer, the actor ends the overlay_connection.
/// @returns the actor's address. The connection monitors the actor.
caf::actor_addr spawn_overlay_preparation(
  caf::local_actor* parent, const overlay_actor& overlay,
  prepare_overlay_connection what, const preparing_connection_actor& connection,
  std::chrono::milliseconds patience);

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::overlay_prepared)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::overlay_refused)
