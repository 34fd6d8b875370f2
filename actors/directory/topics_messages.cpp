#include <cstring>
#include <utility>

#include <caf/event_based_actor.hpp>

#include "actors/core/gossip/relayed_data.hpp"
#include "actors/core/remote/topic_message.hpp"
#include "actors/directory/topics_state.hpp"
#include <cafmesh/errc.hpp>

// The messages of topics: how they are published, and delivered to subscribers.
namespace cafmesh {

namespace {

// The maximum number of topics for which the number of the last message is
// kept. If there are more, one topic is forgotten, and its messages are
// numbered from 1 again.
constexpr std::size_t most_published = 16 * 1024;

// Larger messages are decoded by another actor, so that messages on other
// topics need not wait for that.
constexpr std::size_t largest_read_here = 64 * 1024;

// A larger message makes a batch of its own.
constexpr std::size_t largest_batch = 64 * 1024;

// Whether the message would end its receivers. By default, CAF ends an actor
// that receives an error as a message.
bool ends_subscribers(const caf::message& x) {
  return x.match_elements<caf::error>();
}

bool decode(const actor_carrier_ptr& carrier, byte_view from,
            caf::message& out) {
  return !carrier->decode_message(from, out) && !ends_subscribers(out);
}

struct topic_reader_state {
  static inline const char* name = "cafmesh.topic_reader";
};

caf::behavior topic_reader_behavior(caf::stateful_actor<topic_reader_state>*,
                                    const actor_carrier_ptr& carrier) {
  return {
    [carrier](const read_topics& x) {
      for (auto& each : *x.all)
        each.is_decoded = decode(carrier, each.encoded, each.content);
    },
    [](finish_reading) {},
  };
}

} // namespace

// -- publishing

caf::result<void> topics_state::publish(const publish_to& x) {
  if (auto err = remote::check_topic(x.topic))
    return err;
  if (ends_subscribers(x.content))
    return make_error(errc::unknown_type, "an error alone would end its "
                                          "receivers");
  if (published.size() >= most_published && published.count(x.topic) == 0)
    published.erase(published.begin());
  auto& topic = published[x.topic];
  remote::topic_message head;
  head.publisher = publisher;
  head.number = topic.last + 1;
  head.topic = x.topic;
  bytes raw;
  remote::append_topic_message(raw, head);
  if (auto err = carrier->encode_message(x.content, raw))
    return err;
  topic.last = head.number;
  ++figures.published;
  deliver(x.topic, x.content, raw.size());
  if (topic.is_resolved) {
    send(x.topic, std::move(raw));
    return caf::unit;
  }
  // Handles the directory's answer. Until the answer arrives, the actor handles
  // no other message, so that the messages of a topic stay in order.
  auto resolved = [this, name = x.topic,
                   raw](const std::vector<resolved_actor>& xs) {
    auto& to = published[name];
    to.is_resolved = true;
    to.peers.clear();
    for (const auto& each : xs)
      if (each.actor != self->ctrl())
        to.peers.push_back(each.actor);
    to.is_broadcast = to.peers.size() > remote::most_unicasts;
    if (to.is_broadcast)
      to.peers.clear();
    send(name, raw);
  };
  self
    ->request(
      directory, caf::infinite,
      resolve_name{remote::topic_prefix + x.topic, which_actor::all, {}, {}})
    .await([resolved](const resolved_actors& xs) { resolved(xs.all); },
           [resolved](caf::error&) { resolved({}); });
  return caf::unit;
}

void topics_state::send(const std::string& topic, bytes raw) {
  const auto& to = published[topic];
  if (to.is_broadcast) {
    seen.is_new(byte_view{raw},
                self->clock().now()); // ignore it if it comes back
    self->send(channel, broadcast{relayed_data::of(payload{std::move(raw)})});
    return;
  }
  if (to.peers.empty())
    return;
  auto message = caf::make_message(caf::publish_atom_v,
                                   std::string{byte_view{raw}.as_text()});
  for (const auto& peer : to.peers)
    peer->enqueue(nullptr, caf::make_message_id(), message, self->context());
}

void topics_state::names_have_changed(const names_changed& x) {
  auto prefix = std::strlen(remote::topic_prefix);
  auto look_again = [&](const std::vector<published_name>& names) {
    for (const auto& each : names) {
      auto found = published.find(each.name.substr(prefix));
      if (found != published.end())
        found->second.forget_peers();
    }
  };
  if (x.is_snapshot)
    for (auto& each : published)
      each.second.forget_peers();
  look_again(x.published);
  look_again(x.gone);
}

// -- receiving

caf::result<gossip_data_ptr> topics_state::broadcast_came(const payload& raw) {
  if (!seen.is_new(raw.view(), self->clock().now()))
    ++figures.repeated;
  else if (auto err = arrived(raw.view()))
    return err;
  return relayed_data::of(raw);
}

caf::error topics_state::arrived(byte_view raw) {
  auto x = remote::read_topic_message(raw);
  if (!x) {
    ++figures.malformed;
    return make_error(errc::malformed, "a message to a topic");
  }
  if (subscribed.count(x->topic) == 0) {
    ++figures.unwanted;
    return {};
  }
  gaps.heard(x->topic, x->publisher, x->number);
  if (x->content.size() > largest_read_here
      || *subscribed[x->topic].being_read > 0) {
    read_later(x->topic, x->content, raw.size());
    return {};
  }
  caf::message content;
  if (!decode(carrier, x->content, content)) {
    // Returns no error, so that the broadcast is still passed on to peers that
    // may know the types in the message.
    ++figures.malformed;
    return {};
  }
  deliver(x->topic, content, raw.size());
  return {};
}

// Lets the reader, another actor, decode a message. Later messages on the same
// topic wait for it.
void topics_state::read_later(const std::string& topic, byte_view content,
                              std::size_t size) {
  auto count = subscribed[topic].being_read;
  ++*count;
  bytes_to_read += size;
  to_read.push_back(
    {topic, count, bytes{content.begin(), content.end()}, size, {}, false});
  if (!being_read)
    read_next();
  wait_for_reader();
}

// Gives the reader the next batch. The reader has only one batch at a time, and
// each batch is delivered before the next is decoded, because content may be
// many times as large in memory as on the wire.
void topics_state::read_next() {
  if (to_read.empty())
    return;
  if (!reader)
    reader = self->spawn(topic_reader_behavior, carrier);
  being_read = std::make_shared<std::vector<topic_reading>>();
  std::size_t size = 0;
  do {
    size += to_read.front().size;
    being_read->push_back(std::move(to_read.front()));
    to_read.pop_front();
  } while (!to_read.empty() && size + to_read.front().size <= largest_batch);
  self->request(reader, caf::infinite, read_topics{being_read})
    .then([this, batch = being_read] { have_read(batch); },
          [this, batch = being_read](const caf::error&) {
            if (batch == being_read)
              reader = nullptr; // it has failed
            have_read(batch);
          });
}

void topics_state::have_read(const topic_batch& x) {
  if (x != being_read)
    return; // handled already
  being_read = nullptr;
  for (const auto& each : *x) {
    --*each.count;
    bytes_to_read -= each.size;
    auto its = subscribed.find(each.topic);
    if (!each.is_decoded)
      ++figures.malformed;
    else if (its != subscribed.end() && its->second.being_read == each.count)
      deliver(each.topic, each.content, each.size);
  }
  read_next();
}

// If the messages to be decoded exceed half of `topic_window`, handles no other
// messages until the reader's batch is delivered. This also keeps this actor
// from giving a subscriber too many messages at a time.
void topics_state::wait_for_reader() {
  if (to_read.empty() || bytes_to_read <= carrier->config().topic_window / 2)
    return;
  auto go_on = [this, batch = being_read] {
    have_read(batch);
    wait_for_reader();
  };
  self->request(reader, caf::infinite, finish_reading{})
    .await(go_on, [this, go_on](const caf::error&) {
      reader = nullptr;
      go_on();
    });
}

void topics_state::deliver(const std::string& topic,
                           const caf::message& content, std::size_t size) {
  auto found = subscribed.find(topic);
  if (found == subscribed.end())
    return;
  for (const auto& to : found->second.all) {
    auto waits = to.waiting->load();
    if (waits > 0 && waits + size > carrier->config().topic_window) {
      ++figures.overflowed;
      continue;
    }
    ++figures.delivered;
    to.actor->enqueue(
      caf::mailbox_element_ptr{new counted_message(content, to.waiting, size)},
      self->context());
  }
}

} // namespace cafmesh
