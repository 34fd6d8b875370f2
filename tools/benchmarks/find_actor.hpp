#pragma once

#include <string>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <cafmesh/names.hpp>

namespace bench {

/// Waits until an actor is published under this name.
/// @returns the actor; null after 30 s
caf::actor find_actor(caf::actor_system& system,
                      const cafmesh::directory_actor& names,
                      const std::string& name);

} // namespace bench
