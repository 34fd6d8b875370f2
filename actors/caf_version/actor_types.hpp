#pragma once

#include <set>
#include <string>

#include <caf/actor_control_block.hpp>
#include <caf/expected.hpp>
#include <caf/fwd.hpp>

/// The actor types that the application has registered with
/// `caf::actor_system_config::add_actor_type`.
namespace cafmesh::caf_version {

bool is_actor_type(const caf::actor_system& system, const std::string& name);

/// Spawns an actor of a registered type. Runs the application's code, which may
/// block; what it throws becomes an error.
/// @param on where to run
/// @param interface what the actor must offer; empty: nothing
/// @returns errc::spawn_failed, or else an actor, never null
caf::expected<caf::strong_actor_ptr>
spawn_by_name(caf::execution_unit& on, const std::string& type,
              caf::message& arguments, const std::set<std::string>& interface);

} // namespace cafmesh::caf_version
