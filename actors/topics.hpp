#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/fwd.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cafmesh/names.hpp>
#include <cafmesh/router.hpp>

/// Messages to all actors of the mesh that have subscribed to a topic. See
/// PROTOCOL.md, "Topics".
///
/// Every subscriber gets a message at most once. Exactly one copy arrives if
/// the subscriber's mailbox does not overflow and neither subscriptions nor
/// routes change while the message is on its way. While the number of
/// subscribing peers changes, messages of one publisher may arrive out of
/// order. If at most eight peers have subscribers, each of these peers is sent
/// the message. Otherwise the message is broadcast.
namespace cafmesh {

// -- users -> topics

/// Send the messages of a topic to `subscriber` until `unsubscribe_topic` or
/// the actor's end. The subscription keeps the actor alive. Subscribing a
/// second time changes nothing. Answered with errc::bad_setting if `subscriber`
/// is null, or if the topic is empty or longer than 249 bytes. Answered with
/// errc::too_large if this peer has too many names and topics.
struct subscribe_topic {
  std::string topic;
  caf::strong_actor_ptr subscriber;
};

struct unsubscribe_topic {
  std::string topic;
  caf::strong_actor_ptr subscriber;
};

/// Send a message to all subscribers of a topic, including local subscribers.
/// Answered once the message has been sent, or with errc::bad_setting,
/// unknown_type or too_large. The message that subscribers receive has no
/// sender. While `actor_settings::topic_window` bytes of topic messages wait in
/// a subscriber's mailbox, this subscriber gets no further messages. See
/// `to_topic`.
struct publish_to {
  std::string topic;
  caf::message content;
};

struct get_topic_figures {};

/// What this peer has counted since its topics actor started.
struct topic_figures {
  std::uint64_t topics = 0;    ///< topics with local subscribers, at present
  std::uint64_t published = 0; ///< messages that local actors sent
  std::uint64_t delivered = 0; ///< messages to local subscribers
  /// Messages from other peers that were lost on the way, as gaps in the
  /// message numbers show.
  std::uint64_t missed = 0;
  std::uint64_t repeated = 0;  ///< broadcasts that had arrived before
  std::uint64_t unwanted = 0;  ///< messages on topics without local subscribers
  std::uint64_t malformed = 0; ///< messages that could not be decoded
  std::uint64_t overflowed = 0; ///< messages not delivered to slow subscribers
};

template <class Handle>
subscribe_topic subscription(std::string topic, const Handle& x) {
  return {std::move(topic), caf::actor_cast<caf::strong_actor_ptr>(x)};
}

template <class Handle>
unsubscribe_topic end_of_subscription(std::string topic, const Handle& x) {
  return {std::move(topic), caf::actor_cast<caf::strong_actor_ptr>(x)};
}

template <class... Ts>
publish_to to_topic(std::string topic, Ts&&... xs) {
  return {std::move(topic), caf::make_message(std::forward<Ts>(xs)...)};
}

using topics_actor =
  caf::typed_actor<caf::reacts_to<subscribe_topic>,
                   caf::reacts_to<unsubscribe_topic>,
                   caf::reacts_to<publish_to>,
                   caf::replies_to<get_topic_figures>::with<topic_figures>>;

/// Starts the topics actor. Call this function once for each node. The actor
/// joins the channel `cafmesh/topics`, publishes the name `topic:NAME` for each
/// topic that has subscribers, and ends with the node or the directory.
/// @param names from `join_actors`
topics_actor spawn_topics(caf::actor_system& system, const router_actor& router,
                          const directory_actor& names);

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::subscribe_topic)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::unsubscribe_topic)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::publish_to)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::get_topic_figures)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::topic_figures)
