#pragma once

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// Spawns the actor that owns everything that this node knows of the mesh. Its
/// decisions are made by `mesh_model`. The actor admits connections and notices
/// their end, applies updates from the channel `topology`, announces changes,
/// and publishes views.
topology_actor spawn_topology(caf::local_actor* parent, context_ptr ctx);

} // namespace cafmesh
