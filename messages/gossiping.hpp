#pragma once

#include <vector>

#include "gossip_data.hpp"
#include "payload.hpp"
#include "peer_name.hpp"

/// What a channel and its gossiper, and a channel and its users, say to each
/// other (protocol section 5).
namespace cafmesh {

// -- gossip_channel -> gossiper
// ------------------------------------------------- An error in answer to one
// of the first three means that the bytes make no sense, and closes the
// connection that they came from.

struct incoming_unicast {
  peer_name source;
  payload data;
};

/// Unicasts for us, in the order of arrival from one neighbour.
struct unicasts_arrived {
  std::vector<incoming_unicast> messages;
};

/// -> what to pass on of it: all, a part, or null.
struct broadcast_arrived {
  peer_name source;
  payload data;
};

/// -> what of it was new to us, or null.
struct gossip_arrived {
  payload data;
};

/// -> the complete state, or null if there is none.
struct get_gossip {};

// -- users -> gossip_channel

/// To one peer, over as many hops as it takes. Answered when it has been handed
/// to the connection that leads there, or with errc::no_route, no_connection,
/// too_large, congested or stopped. Sent without asking, a failure is counted.
/// Neither order between different paths nor arrival is guaranteed.
struct unicast {
  peer_name to;
  payload data;
};

/// Many at once, to any peers: what a batch saves is a mailbox hop a message.
/// Answered once, with the first error if there is any; the others go on.
struct unicasts {
  std::vector<unicast> messages;
};

/// To every peer, along the broadcast tree.
struct broadcast {
  gossip_data_ptr data;
};

/// To some random neighbours.
struct gossip {
  gossip_data_ptr data;
};

// -- gossip_channel -> gossip_sender

/// For this neighbour, merged with what waits already.
struct queue_gossip {
  gossip_data_ptr data;
};
struct queue_broadcast {
  peer_name source;
  gossip_data_ptr data;
};

} // namespace cafmesh
