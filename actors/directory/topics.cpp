#include <cafmesh/topics.hpp>

#include <algorithm>
#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include "actors/context/random_number.hpp"
#include "actors/core/remote/topic_message.hpp"
#include "actors/directory/topics_state.hpp"
#include <cafmesh/errc.hpp>

// The actor that carries the messages of topics: its handlers, its start and
// the subscriptions.
namespace cafmesh {

namespace {

constexpr auto topics_channel = "cafmesh/topics";
// A broadcast that comes again within this time is not delivered again.
constexpr auto memory_of_broadcasts = std::chrono::seconds{30};

std::string name_for(const std::string& topic) {
  return remote::topic_prefix + topic;
}

} // namespace

topics_state::topics_state(self_ptr parent)
    : self(parent), publisher(random_number()),
      seen(memory_of_broadcasts, random_number()) {
}

// -- life

void topics_state::start(const router_actor& router, directory_actor names) {
  directory = std::move(names);
  caf_version::on_down(self, [this](const caf::actor_addr& who,
                                    const caf::error& why) { down(who, why); });
  self->monitor(directory);
  auto failed = [this](caf::error& why) {
    self->quit(std::move(why));
  };
  auto join = [this, router, failed](actor_carrier_ptr& x) {
    carrier = std::move(x);
    carrier->protect(self->id());
    self
      ->request(router, caf::infinite,
                join_channel{topics_channel, gossiper_actor{self}})
      .await(
        [this](gossip_channel_actor& us) {
          channel = std::move(us);
          self->monitor(channel);
          self->send(directory,
                     watch_names{remote::topic_prefix, true,
                                 caf::actor_cast<name_watcher_actor>(self)});
        },
        failed);
  };
  // `await` makes other messages wait until this actor has joined the channel.
  self
    ->request(caf::actor_cast<carrier_source_actor>(directory), caf::infinite,
              get_carrier{})
    .await(join, failed);
}

void topics_state::down(const caf::actor_addr& who, const caf::error& why) {
  if (who == directory || (channel && who == channel))
    return self->quit(why);
  std::vector<std::string> all;
  for (const auto& x : subscribed)
    all.push_back(x.first);
  for (const auto& topic : all)
    unsubscribe(topic, who);
}

// -- subscribing

caf::result<void> topics_state::subscribe(const subscribe_topic& x) {
  if (!x.subscriber)
    return make_error(errc::bad_setting, "an actor is needed");
  if (auto err = remote::check_topic(x.topic))
    return err;
  auto [place, is_new] = subscribed.try_emplace(x.topic);
  auto& topic = place->second;
  auto has_subscribed = [&](const subscriber& y) {
    return y.actor == x.subscriber;
  };
  if (std::none_of(topic.all.begin(), topic.all.end(), has_subscribed)) {
    topic.all.push_back(
      {x.subscriber, std::make_shared<std::atomic<std::size_t>>(0)});
    if (++subscriptions[caf::actor_cast<caf::actor_addr>(x.subscriber)] == 1)
      self->monitor(x.subscriber);
  }
  if (is_new)
    publish_topic(x.topic, topic);
  if (!topic.publication)
    return caf::unit;
  auto answer = self->make_response_promise();
  topic.publication->answers.push_back(answer);
  return answer;
}

void topics_state::publish_topic(const std::string& topic,
                                 subscribed_topic& to) {
  auto publication = std::make_shared<pending_publication>();
  to.publication = publication;
  // Whether the topic still waits for this publication. Before the directory
  // answers, the topic may have ended and begun again.
  auto is_current = [this, topic, publication] {
    auto found = subscribed.find(topic);
    return found != subscribed.end()
           && found->second.publication == publication;
  };
  self
    ->request(
      directory, caf::infinite,
      publish_name{
        name_for(topic), caf::actor_cast<caf::strong_actor_ptr>(self), {}, {}})
    .then(
      [this, topic, publication, is_current] {
        if (is_current())
          subscribed[topic].publication = nullptr;
        else if (subscribed.count(topic) == 0)
          self->send(directory, unpublish_name{name_for(topic)});
        for (auto& x : publication->answers)
          x.deliver(caf::unit);
      },
      [this, topic, publication, is_current](const caf::error& why) {
        if (is_current())
          end_topic(topic);
        for (auto& x : publication->answers)
          x.deliver(why);
      });
}

void topics_state::unsubscribe(const std::string& topic,
                               const caf::actor_addr& who) {
  auto found = subscribed.find(topic);
  if (found == subscribed.end())
    return;
  auto& all = found->second.all;
  auto i = std::find_if(all.begin(), all.end(), [&](const subscriber& x) {
    return caf::actor_cast<caf::actor_addr>(x.actor) == who;
  });
  if (i == all.end())
    return;
  all.erase(i);
  forget_one(who);
  if (all.empty())
    end_topic(topic);
}

void topics_state::forget_one(const caf::actor_addr& who) {
  auto found = subscriptions.find(who);
  if (found == subscriptions.end() || --found->second > 0)
    return;
  subscriptions.erase(found);
  self->demonitor(who);
}

void topics_state::end_topic(const std::string& topic) {
  gaps.forget(topic);
  auto ended = subscribed.extract(topic);
  if (ended.empty())
    return;
  for (const auto& x : ended.mapped().all)
    forget_one(caf::actor_cast<caf::actor_addr>(x.actor));
  // Does not unpublish the name before the directory has answered: until then,
  // the name may belong to another actor.
  if (!ended.mapped().publication)
    self->send(directory, unpublish_name{name_for(topic)});
}

topic_figures topics_state::all_figures() const {
  auto result = figures;
  result.topics = subscribed.size();
  result.missed = gaps.missed();
  return result;
}

// -- behaviour

namespace {

topics_interface::behavior_type topics_behavior(topics_state::self_ptr self,
                                                const router_actor& router,
                                                const directory_actor& names) {
  auto st = &self->state;
  st->start(router, names);
  return {
    [st](const subscribe_topic& x) { return st->subscribe(x); },
    [st](const unsubscribe_topic& x) {
      st->unsubscribe(x.topic, caf::actor_cast<caf::actor_addr>(x.subscriber));
    },
    [st](const publish_to& x) { return st->publish(x); },
    [st](get_topic_figures) { return st->all_figures(); },
    [st](caf::publish_atom, const std::string& raw) {
      st->arrived(byte_view{raw});
    },
    [st](const names_changed& x) { st->names_have_changed(x); },
    [](const unicasts_arrived&) {},
    [st](const broadcast_arrived& x) { return st->broadcast_came(x.data); },
    [](const gossip_arrived&) { return gossip_data_ptr{}; },
    [](get_gossip) { return gossip_data_ptr{}; },
  };
}

} // namespace

topics_actor spawn_topics(caf::actor_system& system, const router_actor& router,
                          const directory_actor& names) {
  return system.spawn(topics_behavior, router, names);
}

} // namespace cafmesh
