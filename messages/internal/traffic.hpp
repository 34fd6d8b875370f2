#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "messages/wire/envelope.hpp"
#include <cafmesh/ids.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

/// The messages between connections and channels. They travel in batches,
/// because one mailbox message per frame would cost more than all other
/// handling of the frame.
namespace cafmesh {

/// The name of a channel, as a shared pointer, so that a batch need not copy
/// it.
using channel_name = std::shared_ptr<const std::string>;

/// One message of a batch. Its offsets point into `deliveries::block`.
struct delivery {
  wire::message_tag tag = wire::message_tag::gossip;
  peer_name source;
  peer_name destination;            ///< unicasts only
  std::uint32_t message_offset = 0; ///< the whole message, tag byte first
  std::uint32_t message_size = 0;
  std::uint32_t data_offset = 0;
  std::uint32_t data_size = 0;
};

/// Hands a channel the messages that one read of a connection brought for it,
/// in order. The connection continues reading when the channel has answered. If
/// the answer is an error, the connection closes, unless the channel is
/// stopping or has ended.
struct deliveries {
  peer_name neighbour; ///< the peer that sent us the messages
  payload block;
  std::vector<delivery> messages;

  payload data(const delivery& x) const {
    return block.slice(x.data_offset, x.data_size);
  }
  byte_view message_view(const delivery& x) const {
    return block.view().sub(x.message_offset, x.message_size);
  }
  payload message(const delivery& x) const {
    return block.slice(x.message_offset, x.message_size);
  }
};

struct outgoing {
  wire::message_tag tag = wire::message_tag::gossip;
  /// Whether `data` is a whole message to pass on. If so, `source` and
  /// `destination` are unused.
  bool relayed = false;
  peer_name source;
  peer_name destination; ///< unicasts only
  payload data;
};

/// Asks a connection to send these items in order. The connection answers once
/// it can accept more. If the remote has asked for a pause of the channel (a
/// hold, see hold.hpp), the connection answers only after the pause. If an item
/// exceeds the frame limit, the answer is errc::too_large, and the other items
/// are sent. If the answer is errc::congested or no_connection, items may be
/// lost.
struct transmit {
  channel_name channel;
  std::vector<outgoing> items;
};

} // namespace cafmesh
