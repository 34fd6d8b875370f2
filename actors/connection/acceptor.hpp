#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Spawns the actor that accepts connections. It accepts every connection
/// immediately, and then closes those that exceed `settings::accept_burst`. If
/// there are too many unauthenticated connections, it closes one that
/// `stranger_limits` chooses. After `refuse_connections` the acceptor closes
/// the listener and ends when all its connections have ended. After an exit
/// message from the router it closes the connections too.
acceptor_actor spawn_acceptor(caf::local_actor* parent, context_ptr ctx,
                              listener_ptr from);

} // namespace cafmesh
