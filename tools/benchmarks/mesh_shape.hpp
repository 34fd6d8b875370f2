#pragma once

#include <vector>

#include "actors/core/mesh/mesh_model.hpp"
#include "actors/core/mesh/peers.hpp"
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_record.hpp>

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
cafmesh::mesh_model
view_of_member(const mesh_shape& shape,
               const std::vector<cafmesh::payload>& updates);

/// The view of a peer that has just met peer 1, and knows nothing else.
cafmesh::mesh_model view_of_newcomer(const mesh_shape& shape);

/// Lets the first peer say that its first connection is established, or, where
/// the version is even, that it is not.
/// @throws std::runtime_error if the routes are the same as before.
void change_first_connection(cafmesh::mesh_model& view, const mesh_shape& shape,
                             std::uint64_t version);

/// What the peer in the middle of the mesh knows.
cafmesh::peers peers_of_member(const mesh_shape& shape);

/// From now on no record has been encoded.
void forget_encoded(cafmesh::peers& known);

/// All that is known as updates.
std::vector<cafmesh::payload> encode_all(cafmesh::peers& known);

} // namespace bench
