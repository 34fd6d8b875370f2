#pragma once

#include <vector>

#include "../../actors/core/topology.hpp"
#include "../../messages/payload.hpp"
#include "../../messages/peer_record.hpp"

namespace bench {

/// A mesh that is the same in every run and in every language: peers are the
/// numbers from 1 to `peers`; each is connected to those at fixed distances
/// around the ring, with `degree` connections in all, `peers - 1` of which
/// are all there can be.
struct mesh_shape {
  unsigned peers;
  unsigned degree;

  /// In ascending order.
  std::vector<unsigned> neighbours(unsigned peer) const;

  /// What `peer` says of itself.
  cafmesh::peer_record says(unsigned peer, std::uint64_t version = 1) const;

  /// What all peers say, as a node that knows them would send it.
  std::vector<cafmesh::payload> updates() const;
};

/// The view of a peer in the middle of the mesh, which knows everything.
cafmesh::topology view_of_member(const mesh_shape& shape,
                                 const std::vector<cafmesh::payload>& updates);

/// The view of a peer that has just met peer 1, and knows nothing else.
cafmesh::topology view_of_newcomer(const mesh_shape& shape);

} // namespace bench
