#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// The one owner of what we know of the mesh; `core/topology.hpp` does the
/// thinking. Ties connections in and notices their end, applies what the
/// channel `topology` brings, announces what changed, and publishes views.
topology_actor spawn_topology(caf::actor_system& system, context_ptr ctx);

} // namespace cafmesh
