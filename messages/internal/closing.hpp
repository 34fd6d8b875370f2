#pragma once

#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// A peer that has closed its connection to the peer that reports this. The UID
/// identifies the run of the peer that did so.
struct closing {
  peer_name peer;
  peer_uid uid{};
};

} // namespace cafmesh
