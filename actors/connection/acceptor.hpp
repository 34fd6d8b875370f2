#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Spawns the actor that accepts connections. It accepts each of them without
/// delay, and closes those that `stranger_limits` refuses: the rate for each
/// address and the number of unauthenticated connections are limited. After
/// `refuse_connections` the acceptor closes the listener and ends when all its
/// connections have ended; after an exit message it closes the connections too.
acceptor_actor spawn_acceptor(caf::local_actor* parent, context_ptr ctx,
                              listener_ptr from);

} // namespace cafmesh
