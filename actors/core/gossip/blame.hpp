#pragma once

#include <string_view>

#include "messages/wire/envelope.hpp"
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// The channel of the peers' records.
constexpr std::string_view topology_channel = "topology";

/// Whether the neighbour that delivered a message is to blame if the gossiper
/// refuses it, so that its connection may be closed. Other peers choose what a
/// neighbour relays and could otherwise separate any two peers, so only the
/// source of a unicast is to blame for it. The channel `topology` differs,
/// because every hop decodes gossip and broadcasts and encodes them anew.
inline bool is_to_blame(std::string_view channel, wire::message_tag tag,
                        peer_name source, peer_name neighbour) noexcept {
  return tag == wire::message_tag::unicast ? source == neighbour
                                           : channel == topology_channel;
}

} // namespace cafmesh
