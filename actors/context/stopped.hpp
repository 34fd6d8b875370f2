#pragma once

#include <caf/error.hpp>

#include <cafmesh/errc.hpp>

namespace cafmesh {

/// The error with which a node answers messages while it stops or after it has
/// stopped.
inline caf::error node_stopped() {
  return make_error(errc::stopped, "the node stops");
}

} // namespace cafmesh
