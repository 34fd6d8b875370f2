#pragma once

#include <string>

#include <caf/fwd.hpp>

#include "actors/context/node_context.hpp"
#include "actors/core/dialling/targets.hpp"

/// The actors that the connection maker starts to reach a target: a lookup,
/// then a dialler for each address. Each actor reports its result to the
/// connection maker and ends. It gives up after 30 s, while operating systems
/// may take minutes.
namespace cafmesh {

dialler_actor spawn_lookup(caf::local_actor* parent, context_ptr ctx,
                           std::string target);

/// Spawns an actor that dials one address and, if the address answers, spawns a
/// connection.
dialler_actor spawn_dialler(caf::local_actor* parent, context_ptr ctx,
                            targets::dial what);

} // namespace cafmesh
