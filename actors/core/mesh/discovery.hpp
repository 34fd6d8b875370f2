#pragma once

#include <chrono>
#include <cstddef>

/// Limits how many addresses from other peers' records we dial, because a peer
/// can announce any number of peers and addresses.
namespace cafmesh::discovery {

/// The maximum number of addresses taken from one record, and from all records
/// together. If there are more, `mesh_model_discovery.cpp` chooses some of
/// them.
constexpr std::size_t most_per_peer = 256;
constexpr std::size_t most = 1024;

/// How long the same addresses of a record stay chosen. After that, others are
/// chosen, in case none of the first ones answers.
constexpr std::chrono::minutes turn{10};

/// The maximum number of records that are searched for the addresses of one
/// peer.
constexpr std::size_t most_records_per_peer = 256;

/// The maximum number of times that degree control chooses peers in one call.
/// It chooses again if no usable address is known of some of them.
constexpr std::size_t most_choices = 4;

/// How long others have to hear that we give a connection up before our routes
/// avoid it, too. Until they have heard, they may send us what is for its
/// remote, or count on us to pass it on.
constexpr std::chrono::seconds time_to_hear{3};

} // namespace cafmesh::discovery
