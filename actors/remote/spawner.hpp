#pragma once

#include <caf/fwd.hpp>

#include "actors/context/remote_parts.hpp"
#include <cafmesh/log.hpp>
#include <cafmesh/remote_actors.hpp>

namespace cafmesh {

/// Checks that each name in `actor_settings::spawnable` is a type that the
/// application has registered.
caf::error check_spawnable(const caf::actor_system& system,
                           const actor_settings& config);

/// Starts the spawner, the actor that spawns actors for other peers. The
/// spawner publishes a name for each type that the settings allow. When a peer
/// departs, the spawner ends that peer's actors. When the postman has ended,
/// the spawner ends all its actors, including those whose factories have not
/// returned yet, and then ends itself.
/// @param where where the factories of the actors are called
void spawn_spawner(caf::actor_system& system, const actor_settings& config,
                   const directory_actor& names,
                   const postman_of_directory& postman, log_sink_ptr log,
                   blocking_work where = blocking_work::on_own_thread);

} // namespace cafmesh
