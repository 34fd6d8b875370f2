#pragma once

#include <cafmesh/peer_name.hpp>

namespace meshd {

/// A name that nobody else has, drawn from the system's random numbers.
cafmesh::peer_name random_name(cafmesh::name_flavour flavour);

} // namespace meshd
