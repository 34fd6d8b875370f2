#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <caf/allowed_unsafe_message_type.hpp>

#include "actors/context/connection_parts.hpp"
#include "actors/core/limits/surrogate_limit.hpp"
#include "messages/internal/traffic.hpp"
#include <cafmesh/handles.hpp>
#include <cafmesh/type_ids.hpp>

/// The handles and messages of gossip channels and gossip senders. A gossip
/// sender carries the data of one channel to one neighbour.
namespace cafmesh {

/// router -> gossip_channel -> gossip_sender: answer once the connections have
/// taken everything that was sent before this message. A channel also sends
/// this to an idle gossip sender before it ends the sender.
struct drain {};

// -- gossip_channel -> gossip_sender

/// Gossip for the sender's neighbour. The sender merges it with gossip that
/// still waits.
struct queue_gossip {
  gossip_data_ptr data;
};
struct queue_broadcast {
  peer_name source;
  gossip_data_ptr data;
};

/// gossip_sender -> gossip_channel: functions of an application's gossip data
/// threw exceptions, and the data is lost.
struct data_failed {
  std::uint64_t count = 0;
  std::string latest_reason;
};
using data_owner_actor = caf::typed_actor<caf::reacts_to<data_failed>>;

/// A channel has at most one sender for each connection.
using gossip_sender_actor =
  caf::typed_actor<caf::reacts_to<queue_gossip>,
                   caf::reacts_to<queue_broadcast>, caf::reacts_to<drain>>;

// -- gossip_channel

/// router -> gossip_channel: make this actor the gossiper of a channel that has
/// only relayed so far.
struct adopt_gossiper {
  gossiper_actor gossiper;
};

/// connection -> gossip_channel: messages for the channel were dropped, because
/// the channel was too slow to handle earlier ones.
struct channel_bypassed {
  peer_name neighbour;
  std::size_t messages = 0;
};

/// topology -> channel `topology`: send the data to this neighbour as gossip.
struct tell_neighbour {
  peer_name name;
  connection_actor connection;
  gossip_data_ptr data;
};

using inner_channel_actor = gossip_channel_actor::extend<
  caf::reacts_to<deliveries>, caf::reacts_to<channel_bypassed>,
  caf::reacts_to<data_failed>, caf::reacts_to<adopt_gossiper>,
  caf::reacts_to<tell_neighbour>, caf::reacts_to<drain>>;

// -- router

/// connection -> router: find this channel. If the application has not joined
/// it, the router creates it as a channel that only relays. Answered with the
/// channel, errc::too_many_channels or errc::stopped.
struct find_channel {
  channel_name name;
  peer_name neighbour{}; ///< the sender of the message for the channel
};

/// gossip_channel -> router: the channel's gossiper has ended or stalled. From
/// now on the channel only relays, and the router ends it when it is idle.
struct surrogate_began {
  channel_name name;
  channel_usage_ptr usage;
  inner_channel_actor channel;
};

using inner_router_actor =
  router_actor::extend<caf::replies_to<find_channel>::with<inner_channel_actor>,
                       caf::reacts_to<surrogate_began>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::deliveries)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::queue_gossip)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::queue_broadcast)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::data_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::channel_bypassed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::adopt_gossiper)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::tell_neighbour)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::find_channel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::surrogate_began)
