#pragma once

#include <vector>

#include "actors/core/mesh/mesh_model.hpp"
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_record.hpp>

/// Meshes for benchmarks.
namespace bench {

/// A mesh that is the same in every run, and in C++ and Go. Peers are the
/// numbers from 1 to `peers`. Each has `degree` connections to peers at fixed
/// distances around the ring, or to all other peers if `degree` is `peers - 1`.
struct mesh_shape {
  unsigned peers;
  unsigned degree;

  /// The neighbours of a peer, in ascending order.
  /// @throws std::invalid_argument if the ring has too few peers for `degree`
  std::vector<unsigned> neighbours(unsigned peer) const;

  /// The record that `peer` announces of itself.
  cafmesh::peer_record says(unsigned peer, std::uint64_t version = 1) const;

  /// The records of all peers, as a node that knows them sends them.
  std::vector<cafmesh::payload> updates() const;
};

/// The view of the peer `peers / 2`, which knows all records in `updates`.
cafmesh::mesh_model
view_of_member(const mesh_shape& shape,
               const std::vector<cafmesh::payload>& updates);

/// The view of a peer that is connected to peer 1 and knows nothing else.
cafmesh::mesh_model view_of_newcomer(const mesh_shape& shape);

/// Makes the first peer announce that its first connection is established or,
/// if `version` is even, that it is not.
/// @throws std::runtime_error if the routes are the same as before.
void change_first_connection(cafmesh::mesh_model& view, const mesh_shape& shape,
                             std::uint64_t version);

/// The records of all peers, not encoded.
std::vector<cafmesh::peer_record> records_of(const mesh_shape& shape);

/// Encodes each record and packs all of them into updates.
std::vector<cafmesh::payload>
encode_all(const std::vector<cafmesh::peer_record>& records);

} // namespace bench
