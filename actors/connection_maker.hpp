#pragma once

#include <caf/fwd.hpp>

#include "node_context.hpp"

namespace cafmesh {

/// Keeps the connections that the user asked for, and with discovery those
/// that the topology suggests; `core/targets.hpp` decides when to dial whom.
/// Idle until told to start. Told to exit, it closes what was dialled and ends
/// when all of that is gone.
connection_maker_actor spawn_connection_maker(caf::actor_system& system,
                                              context_ptr ctx);

} // namespace cafmesh
