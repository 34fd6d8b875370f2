#pragma once

#include <memory>

#include <caf/actor_system_config.hpp>

/// Access to an application's configuration.
namespace cafmesh::caf_version {

/// Returns the options that the application and this library have registered.
/// CAF makes them accessible to derived classes only.
caf::config_option_set& options_of(caf::actor_system_config& x);
const caf::config_option_set& options_of(const caf::actor_system_config& x);

/// Makes `actor_system::render` show this library's errors as `describe` does.
/// @param kept_alive an object that the configuration keeps alive
void render_errors(caf::actor_system_config& x,
                   std::shared_ptr<const void> kept_alive);

} // namespace cafmesh::caf_version
