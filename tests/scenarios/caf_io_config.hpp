#pragma once

#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>

#include <cafmesh/options.hpp>

namespace cafmesh::test {

/// The configuration of an application that also uses the remote actors of
/// `caf::io`.
struct caf_io_config : caf::actor_system_config {
  caf_io_config() {
    add_options(*this);
    load<caf::io::middleman>();
    set("scheduler.max-threads", 2);
  }
};

} // namespace cafmesh::test
