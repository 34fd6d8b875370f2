#pragma once

#include <cafmesh/peer_name.hpp>

namespace meshd {

/// A random name, which no other peer has for all practical purposes.
cafmesh::peer_name random_name(cafmesh::name_flavour flavour);

} // namespace meshd
