#pragma once

#include <cstddef>

/// Limits how many addresses from other peers' records we dial, because a peer
/// can announce any number of peers and addresses.
namespace cafmesh::discovery {

/// The maximum number of addresses taken from one record, and from all records
/// together.
constexpr std::size_t most_per_peer = 256;
constexpr std::size_t most = 1024;

} // namespace cafmesh::discovery
