#pragma once

#include <cafmesh/peer_name.hpp>

namespace meshd {

/// A random name, which in practice no other peer has.
cafmesh::peer_name random_name(cafmesh::name_flavour flavour);

} // namespace meshd
