#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Keeps the connections that the user asked for, and with discovery those
/// that the topology suggests; `core/targets.hpp` decides when to dial whom.
/// Idle until told to start. Told to refuse connections, it dials no more and
/// ends when all connections are gone; told to exit, it closes what was dialled.
///
/// Who cannot make sense of our introduction may have another of our passwords:
/// it is dialled again at once, with each of them in turn, before that counts as
/// a failure.
connection_maker_actor spawn_connection_maker(caf::actor_system& system,
                                              context_ptr ctx);

} // namespace cafmesh
