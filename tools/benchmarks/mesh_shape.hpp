#pragma once

#include <vector>

#include "actors/core/mesh/mesh_model.hpp"
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_record.hpp>

namespace bench {

/// A topology for benchmarks, identical in every run and in the Go programs.
/// Peers are numbered from 1 to `peers`, around a ring. Each peer is connected
/// to `degree` others at fixed distances around the ring, or to all others if
/// `degree` is `peers - 1`.
struct mesh_shape {
  unsigned peers;
  unsigned degree;

  /// The neighbours of a peer, in ascending order.
  /// @throws std::invalid_argument if the ring has too few peers for `degree`
  std::vector<unsigned> neighbours(unsigned peer) const;

  /// The record that `peer` announces about itself at this version.
  cafmesh::peer_record says(unsigned peer, std::uint64_t version = 1) const;

  /// The records of all peers, encoded as a node sends them.
  std::vector<cafmesh::payload> updates() const;
};

/// The topology as the peer `peers / 2` knows it once it has applied `updates`.
cafmesh::mesh_model
view_of_member(const mesh_shape& shape,
               const std::vector<cafmesh::payload>& updates);

/// The topology as known to a new peer that has connected to peer 1 and
/// received nothing yet.
cafmesh::mesh_model view_of_newcomer(const mesh_shape& shape);

/// Applies a new record of peer 1. The first connection in this record is
/// established if `version` is odd, and not established if `version` is even.
/// @throws std::runtime_error if the new record changes no route
void change_first_connection(cafmesh::mesh_model& view, const mesh_shape& shape,
                             std::uint64_t version);

/// The records of all peers, before encoding.
std::vector<cafmesh::peer_record> records_of(const mesh_shape& shape);

/// Encodes each record and packs all of them into updates.
std::vector<cafmesh::payload>
encode_all(const std::vector<cafmesh::peer_record>& records);

} // namespace bench
