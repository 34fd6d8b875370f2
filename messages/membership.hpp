#pragma once

#include <vector>

#include <cafmesh/peer_record.hpp>

/// The mesh as a node knows it. See PROTOCOL.md, "Topology".
namespace cafmesh {

// users -> router -> topology

/// The answer is a mesh_description.
struct get_topology {};

/// The records of all peers that a node knows, itself included, sorted by name.
struct mesh_description {
  peer_name self;
  std::vector<peer_record> peers;
};

} // namespace cafmesh
