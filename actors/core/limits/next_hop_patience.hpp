#pragma once

#include <chrono>
#include <cstddef>

/// Limits for unicasts to a neighbour that takes no data. They keep this
/// neighbour from delaying unicasts to others and from filling our memory.
namespace cafmesh::next_hop {

/// If the neighbour takes no data for this long, we drop the unicasts that we
/// relay to it. The time is shorter than `patience`, so that the neighbour that
/// sent us these unicasts does not start to drop its unicasts for us.
constexpr std::chrono::milliseconds patience_for_relays{500};

/// Once the neighbour has taken no data for this long, we drop all unicasts for
/// it until it takes data again.
constexpr std::chrono::milliseconds patience{1'000};

/// Once `patience` is over, a connection refuses unicasts while more than this
/// number of bytes wait in its output.
constexpr std::size_t max_output = 16 * 1024 * 1024;

} // namespace cafmesh::next_hop
