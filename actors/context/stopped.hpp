#pragma once

#include <caf/error.hpp>

#include <cafmesh/errc.hpp>

namespace cafmesh {

/// The answer to commands of a node that is stopping or has stopped.
inline caf::error node_stopped() {
  return make_error(errc::stopped, "the node stops");
}

} // namespace cafmesh
