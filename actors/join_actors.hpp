#pragma once

#include <caf/expected.hpp>
#include <caf/fwd.hpp>

#include <cafmesh/names.hpp>
#include <cafmesh/remote_actors.hpp>
#include <cafmesh/router.hpp>

namespace cafmesh {

/// Lets the actors of this system and those of other peers find and reach each
/// other: starts the directory of names, and what carries messages between
/// actors (actors/remote_actors.hpp). Both end with the router. Call this once
/// for each actor system, before or after `start_mesh`.
/// @param log where to write; null: as spawn_router does
/// @returns errc::no_identity if the system's configuration was made without
///          `add_options`, or errc::bad_setting
caf::expected<directory_actor> join_actors(caf::actor_system& system,
                                           const router_actor& router,
                                           actor_settings config = {},
                                           log_sink_ptr log = nullptr);

} // namespace cafmesh
