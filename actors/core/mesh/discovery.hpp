#pragma once

#include <chrono>
#include <cstddef>

/// Limits how many addresses from other peers' records we dial, because a peer
/// can announce any number of peers and addresses.
namespace cafmesh::discovery {

/// The maximum number of addresses taken from one record, and from all records
/// together.
constexpr std::size_t most_per_peer = 256;
constexpr std::size_t most = 1024;

/// How long the same addresses of a record stay chosen. After that, others are
/// chosen, in case none of the first ones answers.
constexpr std::chrono::minutes turn{10};

/// The maximum number of records that are searched for the addresses of one
/// peer.
constexpr std::size_t most_records_per_peer = 256;

/// The maximum number of times that one call of `plan_discovery` lets degree
/// control choose peers. A choice is repeated if some of its peers have no
/// usable address.
constexpr std::size_t most_choices = 4;

/// When we give up a connection, our own routes avoid it only after this time.
/// Other peers may send messages for its remote through us until they have
/// heard of the change.
constexpr std::chrono::seconds time_to_hear{3};

} // namespace cafmesh::discovery
