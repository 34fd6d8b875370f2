#pragma once

#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// A peer that has closed its connection to the reporting peer. The UID
/// identifies the run of the peer that closed the connection.
struct closing {
  peer_name peer;
  peer_uid uid{};
};

} // namespace cafmesh
