#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cafmesh/detail/answer_limits.hpp>
#include <cafmesh/detail/copy_on_write.hpp>
#include <cafmesh/detail/replicated_data.hpp>
#include <cafmesh/errc.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/reachable.hpp>
#include <cafmesh/replicated.hpp>

/// The actor behind spawn_replicated; not for direct use.
namespace cafmesh::replication {

/// The number of peers that may be sent the whole value at the same time.
constexpr std::size_t most_answers = 16;

/// The peers to ask for the whole value: up to eight, neighbours first, in
/// random order to spread the load of peers that join at the same time.
std::vector<peer_name> whom_to_ask(const mesh_description& x);

/// The wall clock's time, in whole seconds.
wall_time this_second();

/// Calls `f` for each monitored actor that ended, with its exit reason.
void on_down(caf::scheduled_actor& self,
             std::function<void(const caf::actor_addr&, const caf::error&)> f);

/// replicated -> itself
struct tell_watchers {};

} // namespace cafmesh::replication

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::replication::tell_watchers)

namespace cafmesh::replication {

template <class V>
using interface =
  typename replicated_actor<V>::template extend<caf::reacts_to<tell_watchers>>;

template <class V, class = void>
inline constexpr bool has_age = false;

template <class V>
inline constexpr bool
  has_age<V, std::void_t<decltype(std::declval<V&>().advance(instant{}))>> =
    true;

template <class V, class = void>
inline constexpr bool has_date = false;

template <class V>
inline constexpr bool
  has_date<V, std::void_t<decltype(std::declval<V&>().set_date(wall_time{}))>> =
    true;

template <class V, class = void>
inline constexpr bool has_question = false;

template <class V>
inline constexpr bool
  has_question<V, std::void_t<decltype(std::declval<const V&>().question())>> =
    true;

template <class V, class = void>
inline constexpr bool tells_surplus = false;

template <class V>
inline constexpr bool
  tells_surplus<V, std::void_t<decltype(std::declval<const V&>().decode(
                     byte_view{}, std::declval<std::size_t&>()))>> = true;

template <class V>
struct state {
  explicit state(typename interface<V>::pointer self_ptr) : self(self_ptr) {
  }

  static inline const char* name = "cafmesh_replicated";

  // -- life

  void start(const router_actor& router, const std::string& name_of_channel) {
    on_down(*self, [this](const caf::actor_addr& who, const caf::error& why) {
      down(who, why);
    });
    self
      ->request(router, caf::infinite,
                join_channel{name_of_channel, gossiper_actor{self}})
      .then([this,
             router](gossip_channel_actor& x) { joined(std::move(x), router); },
            [this](caf::error& why) { refused(std::move(why)); });
  }

  void joined(gossip_channel_actor x, const router_actor& router) {
    channel = std::move(x);
    self->monitor(channel);
    for (auto& promise : waiting)
      promise.deliver(channel);
    waiting.clear();
    // Changes made before this point have not been sent to any peer.
    if (auto everything = complete())
      self->send(channel, gossip{std::move(everything)});
    // Before start_mesh there is no peer to ask, and none has to be: a
    // neighbour sends the complete state over a new connection.
    self->request(router, caf::infinite, get_topology{})
      .then([this](const mesh_description& all) { ask(all); },
            [](const caf::error&) {});
  }

  void refused(caf::error why) {
    for (auto& promise : waiting)
      promise.deliver(why);
    waiting.clear();
    self->quit(std::move(why));
  }

  void down(const caf::actor_addr& who, const caf::error& reason) {
    if (channel && who == channel)
      return self->quit(reason);
    watchers.erase(std::remove_if(watchers.begin(), watchers.end(),
                                  [&](const value_watcher_actor<V>& w) {
                                    return w.address() == who;
                                  }),
                   watchers.end());
  }

  // -- change

  void advance() {
    if constexpr (has_age<V>)
      value.writable().advance(self->clock().now());
    if constexpr (has_date<V>)
      if (auto second = this_second(); second != date) {
        date = second;
        value.writable().set_date(second);
      }
  }

  // Merges the change. Returns the part that was new; null if there was none.
  snapshot<V> absorb(const V& change) {
    auto found = value.writable().merge(change);
    if (!found)
      return nullptr;
    if (!watchers.empty()) {
      if (!untold)
        self->send(self, tell_watchers{});
      if (untold)
        untold->merge(*found);
      else
        untold = *found;
    }
    return std::make_shared<const V>(std::move(*found));
  }

  caf::result<snapshot<V>> apply(const update<V>& x) {
    if (!x.change)
      return make_error(errc::bad_setting, "an update needs a change");
    advance();
    auto change = x.change(*value);
    if (!change)
      return std::move(change.error());
    if (auto news = absorb(*change); news && channel)
      self->send(channel, broadcast{data_of(std::move(news))});
    return value.lend();
  }

  void tell() {
    if (!untold)
      return;
    value_changed<V> what{value.lend(),
                          std::make_shared<const V>(std::move(*untold))};
    untold.reset();
    for (const auto& x : watchers)
      self->send(x, what);
  }

  void add(const value_watcher_actor<V>& x) {
    if (!x)
      return;
    // Pending changes are part of the snapshot below, hence not new to `x`.
    tell();
    auto all = value.lend();
    self->send(x, value_changed<V>{all, all});
    if (std::find(watchers.begin(), watchers.end(), x) != watchers.end())
      return;
    self->monitor(x);
    watchers.push_back(x);
  }

  // -- gossip

  gossip_data_ptr data_of(snapshot<V> x) const {
    return std::make_shared<replicated_data<V>>(std::move(x));
  }

  // The content of a unicast that asks for the whole value.
  payload question() const {
    if constexpr (has_question<V>)
      return (*value).question();
    else
      return {};
  }

  void ask(const mesh_description& x) {
    unicasts questions;
    const auto for_all = question();
    for (auto who : whom_to_ask(x))
      questions.messages.push_back({who, for_all});
    if (!questions.messages.empty())
      self->send(channel, std::move(questions));
  }

  void tell_everything(peer_name who) {
    // A peer gets one answer at a time and the number of answers is limited, so
    // that questions cannot fill our memory, or be used to flood another peer.
    if (!channel || told.size() >= most_answers || told.count(who) > 0
        || !answers.take(who, self->clock().now()))
      return;
    told.insert(who);
    unicasts answer;
    if (auto everything = complete())
      for (auto& part : everything->encode())
        answer.messages.push_back({who, std::move(part)});
    self->request(channel, caf::infinite, std::move(answer))
      .then([this, who] { told.erase(who); },
            [this, who](const caf::error&) { told.erase(who); });
  }

  gossip_data_ptr complete() {
    advance();
    auto result = data_of(value.lend());
    return result->encode().empty() ? nullptr : result;
  }

  // @param surplus incremented if bytes behind the value were ignored.
  caf::expected<V> decode(byte_view input, std::uint64_t& surplus) const {
    if constexpr (tells_surplus<V>) {
      std::size_t ignored = 0;
      auto result = (*value).decode(input, ignored);
      surplus += result && ignored > 0 ? 1 : 0;
      return result;
    } else {
      static_cast<void>(surplus);
      return (*value).decode(input);
    }
  }

  void report_surplus(peer_name neighbour, std::uint64_t messages) {
    if (messages > 0 && channel)
      self->send(channel, surplus_ignored{neighbour, messages});
  }

  template <class Arrived>
  caf::result<gossip_data_ptr> heard(const Arrived& x, bool is_broadcast) {
    std::uint64_t surplus = 0;
    auto result = heard(x.data, is_broadcast, surplus);
    report_surplus(x.neighbour, surplus);
    return result;
  }

  caf::result<gossip_data_ptr> heard(const payload& data, bool is_broadcast,
                                     std::uint64_t& surplus) {
    advance();
    auto change = decode(data.view(), surplus);
    if (!change)
      return std::move(change.error());
    auto news = absorb(*change);
    // Pass on the whole broadcast: peers beyond us may lack parts that we have.
    if (is_broadcast)
      return data_of(std::make_shared<const V>(std::move(*change)));
    return news ? data_of(std::move(news)) : gossip_data_ptr{};
  }

  // A bad unicast does not stop those of other peers.
  caf::result<void> heard(const unicasts_arrived& xs) {
    const auto asks_for_all = question();
    caf::error failure;
    std::uint64_t surplus = 0;
    for (const auto& x : xs.messages)
      if (x.data == asks_for_all)
        tell_everything(x.source);
      else if (auto done = heard(x.data, false, surplus); done.err && !failure)
        failure = std::move(done.err);
    report_surplus(xs.neighbour, surplus);
    if (failure)
      return failure;
    return caf::unit;
  }

  typename interface<V>::pointer self;
  copy_on_write<V> value;
  gossip_channel_actor channel; // null until joined
  std::vector<caf::typed_response_promise<gossip_channel_actor>> waiting;
  std::vector<value_watcher_actor<V>> watchers;
  std::optional<V> untold;  // changes to report to watchers
  std::set<peer_name> told; // peers that are being sent the whole value
  answer_limits answers;
  wall_time date; // last told to the value
};

template <class V>
typename interface<V>::behavior_type
behavior(typename interface<V>::template stateful_pointer<state<V>> self,
         const router_actor& router, const std::string& channel,
         const std::shared_ptr<V>& initial) {
  auto st = &self->state;
  st->value = copy_on_write<V>{std::move(*initial)};
  st->start(router, channel);
  return {
    [st](const unicasts_arrived& x) { return st->heard(x); },
    [st](const broadcast_arrived& x) { return st->heard(x, true); },
    [st](const gossip_arrived& x) { return st->heard(x, false); },
    [st](get_gossip) { return st->complete(); },
    [st](const get_value<V>&) { return st->value.lend(); },
    [st](const update<V>& x) { return st->apply(x); },
    [st](const watch<V>& x) { st->add(x.watcher); },
    [st](get_channel) -> caf::result<gossip_channel_actor> {
      if (st->channel)
        return st->channel;
      st->waiting.push_back(
        st->self->template make_response_promise<gossip_channel_actor>());
      return st->waiting.back();
    },
    [st](tell_watchers) { st->tell(); },
  };
}

} // namespace cafmesh::replication

namespace cafmesh {

template <class V>
replicated_actor<V> spawn_replicated(caf::actor_system& system,
                                     router_actor router, std::string channel,
                                     V initial) {
  return system.spawn(replication::behavior<V>, std::move(router),
                      std::move(channel),
                      std::make_shared<V>(std::move(initial)));
}

} // namespace cafmesh
