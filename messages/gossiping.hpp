#pragma once

#include <cstddef>
#include <vector>

#include <cafmesh/gossip_data.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

/// What a channel and its gossiper, and a channel and its users, say to each
/// other (protocol section 5). All of it works with peers of either protocol
/// version.
namespace cafmesh {

/// Bytes that a channel's name may have: far beyond what anybody calls one.
constexpr std::size_t max_channel_name_size = 1024;

// -- gossip_channel -> gossiper. An error in answer to one of the first three
// means that the bytes make no sense, and closes the connection that they came
// from. The payloads are slices of what was read: who keeps a small one for
// long should keep `compact()`.

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
/// too_large, congested or stopped (ask for it with `is`: when the node has
/// ended, CAF answers for it). Sent without asking, a failure is counted.
/// Neither order between different paths nor arrival is guaranteed. `data` and
/// its envelope (some 40 bytes and the channel's name) have room in 10 MiB less
/// 16 bytes.
struct unicast {
  peer_name to;
  payload data;
};

/// Many at once, to any peers: what a batch saves is a mailbox hop a message.
/// Answered once, with the first error if there is any; the others go on.
struct unicasts {
  std::vector<unicast> messages;
};

/// To every peer, along the broadcast tree. Never answered: what waits for a
/// slow neighbour is merged, what is too large for a frame is logged. Null is
/// ignored, here and below.
struct broadcast {
  gossip_data_ptr data;
};

/// To some random neighbours, 2·log2(peers) of them. Never answered, as above.
struct gossip {
  gossip_data_ptr data;
};

} // namespace cafmesh
