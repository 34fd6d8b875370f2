#pragma once

#include <chrono>

#include <caf/fwd.hpp>

#include <cafmesh/overlay.hpp>

namespace cafmesh {

// overlay_preparation -> connection

/// What the overlay has made; not taken over unless this is answered.
struct overlay_prepared {
  overlay_connection_actor connection;
};

/// It has made nothing.
struct overlay_refused {
  caf::error why;
};

using preparing_connection_actor =
  overlay_host_actor::extend<caf::reacts_to<overlay_prepared>,
                             caf::reacts_to<overlay_refused>>;

/// Asks the overlay for its side of a connection, in the connection's place: that
/// may end while the overlay takes its time, and what is made for it then is
/// ended here. Ends with the answer, or when there is none within `patience`.
void spawn_overlay_preparation(caf::actor_system& system,
                               const overlay_actor& overlay,
                               prepare_overlay_connection what,
                               const preparing_connection_actor& connection,
                               std::chrono::milliseconds patience);

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::overlay_prepared)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::overlay_refused)
