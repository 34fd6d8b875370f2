#pragma once

#include <set>
#include <string>

#include <caf/actor_control_block.hpp>
#include <caf/expected.hpp>
#include <caf/fwd.hpp>

/// Finds the actor types that the application has registered with
/// `caf::actor_system_config::add_actor_type`, and spawns actors of these
/// types.
namespace cafmesh::caf_version {

bool is_actor_type(const caf::actor_system& system, const std::string& name);

/// Spawns an actor of a registered type. This runs application code, which may
/// block. If that code throws, the result is an error.
/// @param on the execution unit that runs the actor
/// @param interface the signatures that the actor must offer; may be empty
/// @returns the actor, which is never null; or errc::spawn_failed
caf::expected<caf::strong_actor_ptr>
spawn_by_name(caf::execution_unit& on, const std::string& type,
              caf::message& arguments, const std::set<std::string>& interface);

} // namespace cafmesh::caf_version
