#pragma once

#include <memory>

#include "actors/core/mesh/peer_records.hpp"

namespace cafmesh {

/// What the nodes of this process use to share their records. It is destroyed
/// along with the last node, and shares nothing while there is only one.
std::shared_ptr<record_sharing> shared_records();

} // namespace cafmesh
