#pragma once

#include <vector>

#include <cafmesh/peer_record.hpp>

/// Questions about the mesh, and their answers.
namespace cafmesh {

// users -> router -> topology

/// -> mesh_description
struct get_topology {};

/// Every peer that a node knows, sorted by name, itself among them.
struct mesh_description {
  peer_name self;
  std::vector<peer_record> peers;
};

} // namespace cafmesh
