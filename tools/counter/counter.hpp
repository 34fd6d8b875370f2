#pragma once

#include <cstdint>

#include <caf/fwd.hpp>

#include "../../messages/actor_interfaces.hpp"
#include "../../messages/type_ids.hpp"

namespace counter {

/// -> the sum over all peers
struct get_count {};

/// Adds one to our own number and tells everybody. -> the new sum
struct increment {};

/// Once, before the first increment.
struct broadcast_through {
  cafmesh::gossip_channel_actor channel;
};

/// An increment-only counter: each peer counts for itself, the value is the
/// sum, and the greater number of a peer is the newer one. Its state is gob
/// `map[uint64]int`, with hash names `map[string]int`, as in the Go library's
/// example.
using counter_actor = cafmesh::gossiper_actor::extend<
    caf::replies_to<get_count>::with<std::int64_t>,
    caf::replies_to<increment>::with<std::int64_t>,
    caf::reacts_to<broadcast_through>>;

counter_actor spawn_counter(caf::actor_system& system, cafmesh::peer_name self);

} // namespace counter

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(counter::get_count)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(counter::increment)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(counter::broadcast_through)
