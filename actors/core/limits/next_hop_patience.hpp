#pragma once

#include <chrono>
#include <cstddef>

/// Limits for unicasts whose next hop takes no data. The limits keep such a hop
/// from delaying unicasts for other hops and from filling our memory.
namespace cafmesh::next_hop {

/// The time after which unicasts that we relay are dropped. It is shorter than
/// `patience`, so that the previous hop does not in turn consider us stalled.
constexpr std::chrono::milliseconds patience_for_relays{500};

/// The time after which all unicasts for the hop are dropped, until it takes
/// data again.
constexpr std::chrono::milliseconds patience{1'000};

/// Once `patience` is over, a connection refuses unicasts if more than this
/// number of bytes of its output wait, over all channels.
constexpr std::size_t max_output = 16 * 1024 * 1024;

} // namespace cafmesh::next_hop
