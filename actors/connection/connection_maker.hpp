#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Spawns the actor that dials the addresses that the user asked for and, with
/// discovery, addresses that the topology suggests. It dials an address again
/// when its connection ends. `targets` decides what to dial and when. The actor
/// is idle until `start_mesh`. After `refuse_connections` it stops dialling and
/// ends when all connections have ended. After an exit message from the router
/// it also closes the connections that it dialled.
///
/// A remote that cannot read our introduction may be using another of our
/// passwords. It is immediately dialled again with each password in turn. The
/// dial counts as failed only if all passwords fail.
connection_maker_actor spawn_connection_maker(caf::local_actor* parent,
                                              context_ptr ctx);

} // namespace cafmesh
