#pragma once

#include <string>

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"

namespace cafmesh {

/// One attempt to reach a target: resolves its name anew, tries its addresses
/// one after the other, makes a connection of the first that answers. Tells
/// the connection maker how it went, and ends.
/// @param password which of ours the connection introduces itself with.
dialler_actor spawn_dialler(caf::actor_system& system, context_ptr ctx,
                            std::string target, bool may_be_new,
                            std::size_t password);

} // namespace cafmesh
