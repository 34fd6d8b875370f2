#pragma once

#include <map>

#include <cafmesh/membership.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh::names {

/// The number of hops from `x.self` to each reachable peer; 0 for `x.self`
/// itself. A connection from X to Y counts if X's record lists Y, even if Y's
/// record does not list X.
std::map<peer_name, unsigned> hops_of(const mesh_description& x);

} // namespace cafmesh::names
