#pragma once

#include <memory>

#include <caf/actor_system_config.hpp>

/// What an application's configuration lets us do to it.
namespace cafmesh::caf_version {

/// The options that the application has registered, ours among them; CAF shows
/// them to derived classes alone.
caf::config_option_set& options_of(caf::actor_system_config& x);
const caf::config_option_set& options_of(const caf::actor_system_config& x);

/// Lets `actor_system::render` show our errors as `describe` does. The
/// configuration keeps `kept_alive`, for want of another place to own it.
void render_errors(caf::actor_system_config& x,
                   std::shared_ptr<const void> kept_alive);

} // namespace cafmesh::caf_version
