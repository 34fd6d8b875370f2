#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Accepts all connections at once and closes those that `stranger_limits`
/// refuses: it limits the rate of each address and how many connections may be
/// unauthenticated. After
/// `refuse_connections` it closes the listener and ends when all its
/// connections have ended; after an exit message it closes those too.
acceptor_actor spawn_acceptor(caf::actor_system& system, context_ptr ctx,
                              listener_ptr from);

} // namespace cafmesh
