#pragma once

#include <chrono>
#include <cstddef>

/// Limits how many addresses from other peers' records we dial, because a peer
/// can announce any number of peers and addresses.
namespace cafmesh::discovery {

/// The maximum number of addresses taken from one record, and from all records
/// together. `mesh_model_discovery.cpp` chooses among more.
constexpr std::size_t most_per_peer = 256;
constexpr std::size_t most = 1024;

/// How long the choice of a record's addresses stays the same. Then others have
/// their turn, because none of the chosen ones may answer.
constexpr std::chrono::minutes turn{10};

/// The maximum number of records that are searched for the addresses of one
/// peer.
constexpr std::size_t most_records_per_peer = 256;

} // namespace cafmesh::discovery
