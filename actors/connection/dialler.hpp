#pragma once

#include <chrono>
#include <string>

#include <caf/fwd.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/context/node_context.hpp"
#include "actors/core/dialling/targets.hpp"

/// The actors that the connection maker starts to reach a target: a lookup,
/// then a dialler for each address. Each actor reports its result to the
/// connection maker and ends.
namespace cafmesh {

/// The time limit of a lookup or a dial. Operating systems give up only after
/// minutes.
constexpr auto dial_timeout = std::chrono::seconds{30};

/// connection_maker -> lookup or dialler: `dial_timeout` is over.
struct give_up {};

// The handle of a lookup or a dialler. The connection maker sends it `give_up`.
// If the actor sent a delayed `give_up` to itself, CAF's clock would keep the
// actor's memory until the time is over.
using timed_dialler_actor = dialler_actor::extend<caf::reacts_to<give_up>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::give_up)

namespace cafmesh {

timed_dialler_actor spawn_lookup(caf::local_actor* parent, context_ptr ctx,
                                 std::string target);

/// Spawns an actor that dials one address and, if the address answers, spawns a
/// connection.
timed_dialler_actor spawn_dialler(caf::local_actor* parent, context_ptr ctx,
                                  targets::dial what);

} // namespace cafmesh
