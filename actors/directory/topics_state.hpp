#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/response_promise.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/core/gossip/recently_seen.hpp"
#include "actors/core/remote/topic_gaps.hpp"
#include "actors/directory/counted_message.hpp"
#include "actors/directory/directory.hpp"
#include <cafmesh/topics.hpp>
#include <cafmesh/type_ids.hpp>

/// The state of the actor that carries the messages of topics. Its members are
/// defined in `topics.cpp`, which starts it and handles subscriptions, and in
/// `topics_messages.cpp`, which publishes and delivers.
namespace cafmesh {

/// A message from another peer that the reader decodes.
struct topic_reading {
  std::string topic;
  std::shared_ptr<std::size_t> count; ///< see `subscribed_topic::being_read`
  bytes encoded;
  std::size_t size = 0;
  caf::message content;
  bool is_decoded = false;
};
/// The topics actor does not touch a batch while the reader has it.
using topic_batch = std::shared_ptr<std::vector<topic_reading>>;

// topics -> its reader: decode these, then answer
struct read_topics {
  topic_batch all;
};
// topics -> its reader: answer once the previous batch is decoded
struct finish_reading {};

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::read_topics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::finish_reading)

namespace cafmesh {

/// A message to a topic arrives as `(publish_atom, string)` if its publisher
/// sent it to each subscribed peer. Otherwise it arrives as a broadcast.
using topics_interface = topics_actor::extend<
  caf::reacts_to<caf::publish_atom, std::string>, caf::reacts_to<names_changed>,
  caf::reacts_to<unicasts_arrived>,
  caf::replies_to<broadcast_arrived>::with<gossip_data_ptr>,
  caf::replies_to<gossip_arrived>::with<gossip_data_ptr>,
  caf::replies_to<get_gossip>::with<gossip_data_ptr>>;

struct topics_state {
  static inline const char* name = "cafmesh.topics";
  using self_ptr = topics_interface::stateful_pointer<topics_state>;

  explicit topics_state(self_ptr parent);

  struct subscriber {
    caf::strong_actor_ptr actor;
    waiting_bytes waiting;
  };
  /// The subscribers that wait until the directory has published the topic's
  /// name.
  struct pending_publication {
    std::vector<caf::response_promise> answers;
  };
  /// A topic with local subscribers.
  struct subscribed_topic {
    std::vector<subscriber> all;
    std::shared_ptr<pending_publication> publication; ///< null once published
    /// The number of messages that are not decoded yet.
    std::shared_ptr<std::size_t> being_read = std::make_shared<std::size_t>(0);
  };

  void start(const router_actor& router, directory_actor names);
  void down(const caf::actor_addr& who, const caf::error& why);

  // -- subscribing
  caf::result<void> subscribe(const subscribe_topic& x);
  void publish_topic(const std::string& topic, subscribed_topic& to);
  void unsubscribe(const std::string& topic, const caf::actor_addr& who);
  void end_topic(const std::string& topic);
  void forget_one(const caf::actor_addr& who);

  // -- publishing
  caf::result<void> publish(const publish_to& x);
  void send(const std::string& topic, bytes raw);
  void names_have_changed(const names_changed& x);

  // -- receiving
  /// @returns an error if the message is malformed
  caf::error arrived(byte_view raw);
  void read_later(const std::string& topic, byte_view content,
                  std::size_t size);
  void read_next();
  void have_read(const topic_batch& x);
  void wait_for_reader();
  caf::result<gossip_data_ptr> broadcast_came(const payload& raw);
  void deliver(const std::string& topic, const caf::message& content,
               std::size_t size);
  topic_figures all_figures() const;

  /// A topic to which this peer has published.
  struct published_topic {
    std::uint64_t last = 0; ///< the number of the last message
    bool is_resolved = false;
    bool is_broadcast = false;
    std::vector<caf::strong_actor_ptr> peers; ///< unused if broadcast

    /// Makes the next message look up the peers again. Drops the peers' handles
    /// immediately, because there may be no next message.
    void forget_peers() {
      is_resolved = false;
      peers.clear();
    }
  };

  self_ptr self;
  directory_actor directory;
  actor_carrier_ptr carrier;
  gossip_channel_actor channel;
  std::map<std::string, subscribed_topic> subscribed;
  /// The number of topics to which each monitored actor has subscribed.
  std::map<caf::actor_addr, std::size_t> subscriptions;
  std::map<std::string, published_topic> published;
  std::uint64_t publisher = 0;
  recently_seen seen;
  remote::topic_gaps gaps;
  topic_figures figures;
  caf::actor reader;      // null until it is needed
  topic_batch being_read; // null while the reader has none
  std::deque<topic_reading> to_read;
  std::size_t bytes_to_read = 0; // in `being_read` and `to_read`
};

} // namespace cafmesh
