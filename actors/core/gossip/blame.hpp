#pragma once

#include <string_view>

#include "messages/wire/envelope.hpp"
#include <cafmesh/peer_name.hpp>

/// Decides which neighbour to blame for a message that its receiver refuses.
namespace cafmesh {

/// The name of the channel that carries the peers' records.
constexpr std::string_view topology_channel = "topology";

/// Whether to blame a refused message on the neighbour that delivered it, so
/// that the connection to the neighbour may be closed. A unicast is blamed on
/// the neighbour only if the neighbour is its source. If it were always blamed
/// on the neighbour, a third peer could separate two neighbours by sending bad
/// messages through one of them. Gossip and broadcasts are blamed on the
/// neighbour only on the channel `topology`, where every hop decodes and
/// encodes them anew.
inline bool is_to_blame(std::string_view channel, wire::message_tag tag,
                        peer_name source, peer_name neighbour) noexcept {
  return tag == wire::message_tag::unicast ? source == neighbour
                                           : channel == topology_channel;
}

} // namespace cafmesh
