#pragma once

#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// A life of a peer that has closed one of its connections.
struct closing {
  peer_name peer;
  peer_uid uid{};
};

} // namespace cafmesh
