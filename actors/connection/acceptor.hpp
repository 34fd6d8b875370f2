#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Accepts connections at a limited rate and keeps an eye on those that have
/// not proved themselves: beyond the limit the oldest of them goes. Told to
/// refuse connections, it closes the listener, and ends when all that it
/// accepted is gone; told to exit, it closes that, too.
acceptor_actor spawn_acceptor(caf::actor_system& system, context_ptr ctx,
                              listener_ptr from);

} // namespace cafmesh
