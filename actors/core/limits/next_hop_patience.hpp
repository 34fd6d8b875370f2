#pragma once

#include <chrono>
#include <cstddef>

/// Limits for unicasts whose next hop accepts no data. They keep such a hop
/// from delaying unicasts for other hops and from filling our memory.
namespace cafmesh::next_hop {

/// The time after which unicasts that we relay are dropped. It is shorter than
/// `patience`, so that the previous hop does not in turn find us stalled.
constexpr std::chrono::milliseconds patience_for_relays{500};

/// The time after which all unicasts are dropped until the hop accepts data
/// again.
constexpr std::chrono::milliseconds patience{1'000};

/// If a connection has more than this number of bytes of sealed output, of all
/// channels together, it refuses unicasts once `patience` is over.
constexpr std::size_t max_output = 16 * 1024 * 1024;

} // namespace cafmesh::next_hop
