#pragma once

#include <caf/actor_system_config.hpp>

#include <cafmesh/options.hpp>
#include <cafmesh/scheduling.hpp>

namespace cafmesh {

/// The configuration of an application that needs nothing but a mesh. It has
/// the options of `add_options` and the scheduling of `set_scheduling`. Derive
/// from it to register message types of your own, to load modules or to add
/// options.
struct mesh_config : caf::actor_system_config {
  mesh_config() {
    set_scheduling(*this);
    add_options(*this);
  }
};

} // namespace cafmesh
