#pragma once

#include <memory>

#include "actors/core/mesh/peer_records.hpp"

namespace cafmesh {

/// Returns the object through which the nodes of this process share their
/// records. It is destroyed along with the last node, and shares nothing while
/// there is only one node.
std::shared_ptr<record_sharing> shared_records();

} // namespace cafmesh
