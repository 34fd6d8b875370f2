#pragma once

#include <string_view>

#include "messages/wire/envelope.hpp"
#include <cafmesh/peer_name.hpp>

/// Decides whether a neighbour is to blame for a message that a gossiper
/// refuses.
namespace cafmesh {

/// The name of the channel that carries the peers' records.
constexpr std::string_view topology_channel = "topology";

/// Whether the neighbour that delivered a message is to blame if the gossiper
/// refuses it, so that its connection may be closed. A unicast is blamed on the
/// neighbour only if the neighbour is its source: other peers choose what a
/// neighbour relays, and could otherwise separate any two peers. On the channel
/// `topology`, the neighbour is to blame for gossip and broadcasts, because
/// every hop decodes and encodes them anew.
inline bool is_to_blame(std::string_view channel, wire::message_tag tag,
                        peer_name source, peer_name neighbour) noexcept {
  return tag == wire::message_tag::unicast ? source == neighbour
                                           : channel == topology_channel;
}

} // namespace cafmesh
