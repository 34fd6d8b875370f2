#pragma once

#include <cstddef>

/// Limits on the addresses that other peers' records make us dial: a peer can
/// announce any number of peers and addresses.
namespace cafmesh::discovery {

/// The most addresses considered in one record, and in all records together.
constexpr std::size_t most_per_peer = 256;
constexpr std::size_t most = 1024;

} // namespace cafmesh::discovery
