#pragma once

#include <string>

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// One attempt to reach a target: resolves its name, tries the addresses one
/// after the other, and spawns a connection for the first that answers. Reports
/// the outcome to the connection maker and ends.
/// @param password index of the password to introduce ourselves with.
dialler_actor spawn_dialler(caf::actor_system& system, context_ptr ctx,
                            std::string target, bool may_be_new,
                            std::size_t password);

} // namespace cafmesh
