#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "messages/wire/envelope.hpp"
#include <cafmesh/ids.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

/// What runs between connections and channels, in batches: one mailbox
/// message a frame would cost more than all the rest of the way.
namespace cafmesh {

/// Shared, since it goes with every batch.
using channel_name = std::shared_ptr<const std::string>;

/// One message of a batch, as offsets into the batch's block.
struct delivery {
  wire::message_tag tag = wire::message_tag::gossip;
  peer_name source;
  peer_name destination;            ///< of a unicast
  std::uint32_t message_offset = 0; ///< the whole message, tag byte first
  std::uint32_t message_size = 0;
  std::uint32_t data_offset = 0;
  std::uint32_t data_size = 0;
};

/// connection -> gossip_channel: what one read brought for it, in order. The
/// answer is the connection's credit to read on; an error of it closes the
/// connection.
struct deliveries {
  peer_name neighbour; ///< who sent them to us
  payload block;
  std::vector<delivery> messages;

  payload data(const delivery& x) const {
    return block.slice(x.data_offset, x.data_size);
  }
  payload message(const delivery& x) const {
    return block.slice(x.message_offset, x.message_size);
  }
};

/// One message to send.
struct outgoing {
  wire::message_tag tag = wire::message_tag::gossip;
  /// `data` is a whole message, to be passed on as it is; the names are void.
  bool relayed = false;
  peer_name source;
  peer_name destination; ///< of a unicast
  payload data;
};

/// gossip_channel, gossip_sender -> connection: to be sent in this order. The
/// answer comes when the connection can take more. An item over the frame
/// limit is answered with errc::too_large and the others are sent.
struct transmit {
  channel_name channel;
  std::vector<outgoing> items;
};

} // namespace cafmesh
