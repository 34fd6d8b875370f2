#pragma once

#include <map>

#include <cafmesh/membership.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh::names {

/// How many hops away each reachable peer is; 0 for the peer itself.
/// Connections count as in the scope `all` of routes: from X to Y if X's record
/// lists Y.
std::map<peer_name, unsigned> hops_of(const mesh_description& x);

} // namespace cafmesh::names
