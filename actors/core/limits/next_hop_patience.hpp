#pragma once

#include <chrono>
#include <cstddef>

/// Limits for unicasts whose next hop accepts no data: such a hop must neither
/// delay unicasts for other hops nor fill our memory.
namespace cafmesh::next_hop {

/// After this time, unicasts that we relay are dropped. It is shorter than
/// `patience`, so that the peers that send them do not find us stalled in turn.
constexpr std::chrono::milliseconds patience_for_relays{500};

/// After this time, all unicasts are dropped until the hop accepts data again.
constexpr std::chrono::milliseconds patience{1'000};

/// The bytes of sealed output of all channels beyond which a connection refuses
/// unicasts once `patience` is over.
constexpr std::size_t max_output = 16 * 1024 * 1024;

} // namespace cafmesh::next_hop
