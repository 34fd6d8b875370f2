#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Accepts connections at a limited rate, and limits how many of them may be
/// unauthenticated: beyond the limit it closes the oldest. After
/// `refuse_connections` it closes the listener and ends when all its
/// connections have ended; after an exit message it closes those too.
acceptor_actor spawn_acceptor(caf::actor_system& system, context_ptr ctx,
                              listener_ptr from);

} // namespace cafmesh
