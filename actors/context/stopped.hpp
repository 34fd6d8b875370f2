#pragma once

#include <caf/error.hpp>

#include <cafmesh/errc.hpp>

namespace cafmesh {

/// What a node that is stopping or has stopped answers to commands.
inline caf::error node_stopped() {
  return make_error(errc::stopped, "the node stops");
}

} // namespace cafmesh
