#pragma once

#include <string>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <cafmesh/names.hpp>

namespace bench {

/// Waits up to 30 s for an actor that is published under this name.
/// @returns the actor; null if none is published in that time
caf::actor find_actor(caf::actor_system& system,
                      const cafmesh::directory_actor& names,
                      const std::string& name);

} // namespace bench
