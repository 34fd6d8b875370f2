#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <cafmesh/gossip_data.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

/// The messages between a channel and its gossiper, and between users and a
/// channel. See PROTOCOL.md, "Gossip channels". Channels work with peers of
/// either protocol version.
namespace cafmesh {

/// The maximum size of a channel's name, in bytes.
constexpr std::size_t max_channel_name_size = 1024;

// -- gossip_channel -> gossiper
//
// What a handler may do:
// - Answer with an error. The message is dropped, counted in channel_status and
//   logged. The connection that delivered it closes only if the message is a
//   unicast whose source is the neighbour itself, or a batch in which that is
//   true of every unicast. A neighbour is not to blame for a message that it
//   only relays.
// - Answer late. The channel's senders are slowed down at first; if the
//   gossiper falls too far behind, or other channels of the connection would
//   have to wait, further messages for it are dropped and counted until it
//   answers.
//   To answer late, keep a promise and deliver it in the same actor:
//
//     [self](const gossip_arrived& x) {
//       auto answer = self->make_response_promise<gossip_data_ptr>();
//       self->request(store, seconds{5}, put{x.data})
//         .then([=](gossip_data_ptr& news) mutable { answer.deliver(news); },
//               [=](caf::error& why) mutable { answer.deliver(why); });
//       return answer;
//     }
// - Never answer, or block. After `settings::answer_limit` the gossiper loses
//   the channel, subscribers are sent `gossiper_ended`, and later answers are
//   ignored. A handler that blocks also occupies a thread, mostly of CAF's
//   scheduler, for which other actors wait. If more handlers block at once than
//   `scheduler.max-threads`, all other actors of the application wait until one
//   returns; the node logs a warning, and goes on after one to two seconds on a
//   thread of its own. So spawn an actor that must block with `caf::detached`
//   or by `spawn_detached_unicast_receiver`.
// - Throw. That ends the gossiper.
// - Ignore surplus bytes at a message's end, and report `surplus_ignored`.
// Within that bound, none of this affects other channels. A channel without a
// gossiper relays its data without interpreting it, and can be joined again. A
// payload is a slice of a larger buffer. To keep a small payload for a long
// time, keep its `compact()` instead.

struct incoming_unicast {
  peer_name source;
  payload data;
};

/// Unicasts for this node, in order. Either all of them came through one
/// neighbour, or this node sent them to itself.
struct unicasts_arrived {
  std::vector<incoming_unicast> messages;
  /// The neighbour that the unicasts came through; the unknown peer if this
  /// node sent them.
  peer_name neighbour{};
};

/// A broadcast has arrived. The gossiper answers with the part of the data to
/// pass on, or null for none.
struct broadcast_arrived {
  peer_name source;
  payload data;
  peer_name neighbour{}; ///< the peer that sent us the broadcast
};

/// Gossip has arrived. The gossiper answers with the part of the data that was
/// new, or null for none.
struct gossip_arrived {
  payload data;
  peer_name neighbour{}; ///< the peer that sent us the gossip
};

/// Asks a gossiper for the complete state of the channel. The answer may be
/// null.
struct get_gossip {};

// -- gossiper -> gossip_channel

/// Reports messages in which the gossiper ignored surplus bytes, which follow
/// the value that it decoded. The channel counts these messages in
/// channel_status, and logs at most one line per minute for each neighbour.
struct surplus_ignored {
  peer_name neighbour; ///< the peer that passed the messages on to this node
  std::uint64_t messages = 1; ///< the number of such messages
};

// -- users -> gossip_channel

/// Data for one peer, over any number of hops. Answered when the connection to
/// the next hop has taken the data, or with errc::no_route, no_connection,
/// too_large, congested or stopped (test for stopped with `is`). If the message
/// is not a request, a failure is only counted in channel_status. Delivery is
/// not guaranteed. Unicasts that take different paths may arrive out of order.
/// `data`, the channel's name and 116 bytes must fit into 10 MiB together.
struct unicast {
  peer_name to;
  payload data;
};

/// Unicasts to one or more peers, in one mailbox message. Answered once. The
/// answer is the first error, if any; the other unicasts are still sent.
struct unicasts {
  std::vector<unicast> messages;
};

/// Data for every peer, along the broadcast tree. Reports no failures. Data
/// that waits for a slow neighbour is merged, and messages too large for a
/// frame are logged and dropped. Null is ignored.
struct broadcast {
  gossip_data_ptr data;
};

/// Data for 2·log2(peers) random neighbours, or for all neighbours if there are
/// fewer. Reports no failures. Null is ignored. See PROTOCOL.md, "Random
/// neighbours".
struct gossip {
  gossip_data_ptr data;
};

} // namespace cafmesh
