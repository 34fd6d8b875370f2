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

/// Starts the actor that spawns actors for other peers. It publishes a name for
/// each type that the settings allow, and ends with the postman. If an actor's
/// peer departs, or the node stops, it tells the actor to end.
/// @pre check_spawnable(system, config) is no error
void spawn_spawner(caf::actor_system& system, const actor_settings& config,
                   const directory_actor& names,
                   const postman_of_directory& postman, log_sink_ptr log);

} // namespace cafmesh
