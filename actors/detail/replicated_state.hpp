#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include <cafmesh/detail/copy_on_write.hpp>
#include <cafmesh/detail/gathered_changes.hpp>
#include <cafmesh/detail/outline_pause.hpp>
#include <cafmesh/detail/own_changes.hpp>
#include <cafmesh/detail/refusal_log.hpp>
#include <cafmesh/detail/replica_exchange.hpp>
#include <cafmesh/detail/replica_questions.hpp>
#include <cafmesh/detail/replicated_data.hpp>
#include <cafmesh/detail/value_storage.hpp>
#include <cafmesh/detail/value_traits.hpp>
#include <cafmesh/detail/value_watchers.hpp>
#include <cafmesh/errc.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/reachable.hpp>
#include <cafmesh/replicated.hpp>

/// The state of the actor that spawn_replicated starts. Not for direct use. Its
/// handlers are in `replicated_behavior.hpp`.
namespace cafmesh::replication {

/// The wall clock's time, in whole seconds.
wall_time this_second();

/// Calls `f` for each monitored actor that ended, with its exit reason.
void on_down(caf::scheduled_actor& self,
             std::function<void(const caf::actor_addr&, const caf::error&)> f);

/// Messages that the actor of a value sends to itself.
struct tell_of_changes {};
struct outline_due {};

/// Periodic gossip carries the whole value if the value has at most this number
/// of bytes, and otherwise an outline of it (see replicated.hpp).
constexpr std::size_t most_sent_unasked = 1024;

} // namespace cafmesh::replication

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::replication::tell_of_changes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::replication::outline_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::replication::repeat_due)

namespace cafmesh::replication {

template <class V>
using interface = typename replicated_actor<V>::template extend<
  caf::reacts_to<tell_of_changes>, caf::reacts_to<ask_next_peer>,
  caf::reacts_to<outline_due>, caf::reacts_to<repeat_due>,
  caf::reacts_to<write_changes>>;

template <class V>
struct state {
  using pointer = typename interface<V>::pointer;
  using snapshot_promise = caf::typed_response_promise<snapshot<V>>;

  explicit state(pointer self_ptr)
      : self(self_ptr), watchers(self_ptr, value), storage(self_ptr, value),
        ours(self_ptr), exchange(self_ptr, value),
        questions(self_ptr, value, exchange) {
  }

  static inline const char* name = "cafmesh_replicated";

  // -- life

  // Joins the channel only after the value has been loaded from its storage. So
  // the first messages to other peers describe the loaded value.
  void start(const router_actor& router, const std::string& name_of_channel,
             replicated_options options) {
    on_down(*self, [this](const caf::actor_addr& who, const caf::error& why) {
      down(who, why);
    });
    refusals.begin(name_of_channel, options.log);
    storage.open(std::move(options), name_of_channel,
                 [this, router, name_of_channel] {
                   advance();
                   for (auto& go_on : std::exchange(until_loaded, {}))
                     go_on();
                   join(router, name_of_channel);
                 });
  }

  void join(const router_actor& router, const std::string& name_of_channel) {
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
    // If the mesh has not started yet, there is no peer to ask. In that case,
    // each new neighbour later sends its value without being asked.
    self->request(router, caf::infinite, get_topology{})
      .then(
        [this](const mesh_description& all) {
          exchange.start(channel, all.self);
          // Changes made before this point have not been sent to any peer, so
          // they are sent now.
          gossip_to_neighbours();
          questions.ask(channel, all);
        },
        [this](const caf::error&) { gossip_to_neighbours(); });
  }

  void gossip_to_neighbours() {
    if (auto x = complete())
      self->send(channel, gossip{std::move(x)});
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
    watchers.remove(who);
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

  // Merges the change. Returns the part that was new; null if nothing was new.
  snapshot<V> absorb(const V& change) {
    auto found = value.writable().merge(change);
    if constexpr (has_limit<V>)
      refusals.update((*value).refused(), self->clock().now());
    if (!found)
      return nullptr;
    storage.add(*found);
    if (!watchers.empty()) {
      news.add(*found, *value);
      tell_soon();
    }
    return std::make_shared<const V>(std::move(*found));
  }

  // Makes this actor announce the changes soon. It sends itself a message, so
  // that it first collects the changes that are already in its mailbox.
  void tell_soon() {
    if (!std::exchange(telling, true))
      self->send(self, tell_of_changes{});
  }

  // Calls `answer` with a promise: immediately, or once the value is loaded.
  template <class F>
  snapshot_promise once_loaded(F answer) {
    auto result = self->template make_response_promise<snapshot<V>>();
    if (storage.is_loading())
      until_loaded.push_back([=] { answer(result); });
    else
      answer(result);
    return result;
  }

  caf::result<snapshot<V>> get() {
    if (!storage.is_loading())
      return value.lend();
    return once_loaded(
      [this](auto promise) { promise.deliver(snapshot<V>{value.lend()}); });
  }

  caf::result<snapshot<V>> handle(const update<V>& x) {
    if (!storage.is_loading() && !is_durable(x)) {
      auto result = apply(x);
      if (!result || !telling)
        return result;
      auto promise = self->template make_response_promise<snapshot<V>>();
      answer_once_told(promise, std::move(*result));
      return promise;
    }
    return once_loaded([this, x](auto promise) { answer(promise, x); });
  }

  bool is_durable(const update<V>& x) const {
    return x.durable || storage.all_durable();
  }

  void answer(snapshot_promise promise, const update<V>& x) {
    if (is_durable(x) && !storage.was_wanted()) {
      promise.deliver(make_error(
        errc::bad_setting, "a durable update needs a value with a storage"));
      return;
    }
    auto result = apply(x);
    if (!result)
      promise.deliver(std::move(result.error()));
    else if (is_durable(x))
      storage.answer_when_stored(std::move(promise));
    else
      answer_once_told(promise, std::move(*result));
  }

  // Answers only once the channel has the change, so that a node that is
  // stopped after the answer still broadcasts it.
  void answer_once_told(snapshot_promise promise, snapshot<V> answer) {
    if (telling)
      until_told.emplace_back(std::move(promise), std::move(answer));
    else
      promise.deliver(std::move(answer));
  }

  caf::expected<snapshot<V>> apply(const update<V>& x) {
    if (!x.change)
      return make_error(errc::bad_setting, "an update needs a change");
    advance();
    auto change = x.change(*value);
    if (!change)
      return std::move(change.error());
    if (auto found = absorb(*change); found && channel) {
      ours.add(*found, *value, date);
      tell_soon();
    }
    return value.lend();
  }

  void tell() {
    telling = false;
    ours.announce(channel);
    if (!news.empty())
      watchers.tell(news);
    for (auto& [promise, answer] : std::exchange(until_told, {}))
      promise.deliver(std::move(answer));
  }

  void repeat() {
    advance();
    if (!ours.repeat(channel, value.lend(), date))
      gossip_to_neighbours();
  }

  void add(const value_watcher_actor<V>& who) {
    if (!who)
      return;
    if (storage.is_loading()) {
      until_loaded.push_back([this, who] { add(who); });
      return;
    }
    // Tells the existing watchers of pending changes before the new watcher is
    // added. The new one gets a snapshot that already contains these changes.
    tell();
    watchers.add(who);
  }

  value_status status() const {
    value_status result;
    if constexpr (has_limit<V>) {
      result.is_full = (*value).is_full();
      result.refused = (*value).refused();
    }
    return result;
  }

  // -- gossip

  // Returns the data for periodic gossip: the value if it is small, otherwise
  // an outline. An empty value has an outline too, which makes peers send the
  // missing items. If V has no outlines or the exchange has not started,
  // returns the value, or null if it is empty.
  gossip_data_ptr complete() {
    advance();
    if constexpr (has_outline<V>) {
      exchange.ask_next();
      if (exchange.is_started()
          && (*value).bytes_of_content() > most_sent_unasked)
        return outline();
    }
    auto result = data_of<V>(value.lend());
    const auto messages = result->encode();
    if constexpr (has_outline<V>)
      if (exchange.is_started()
          && (messages.size() != 1 || messages[0].size() > most_sent_unasked))
        return outline();
    return messages.empty() ? nullptr : result;
  }

  gossip_data_ptr outline() const {
    return std::make_shared<replicated_data<V>>(
      (*value).outline(exchange.mine()));
  }

  // -- messages from peers

  static bool is_outline(const payload& x) {
    if constexpr (has_outline<V>)
      return V::is_outline(x.view());
    return false;
  }

  caf::error compare(const payload& outline, peer_name neighbour) {
    if constexpr (has_outline<V>) {
      auto is_answer = exchange.compare(outline.view(), neighbour);
      if (!is_answer)
        return std::move(is_answer.error());
      if (*is_answer)
        questions.answered();
    }
    return {};
  }

  // Decodes a message. Adds 1 to `surplus` if it has bytes after the value.
  caf::expected<V> decode(byte_view input) {
    std::size_t ignored = 0;
    auto result = decode_counting(*value, input, ignored);
    surplus += result && ignored > 0 ? 1 : 0;
    return result;
  }

  void report_surplus(peer_name neighbour) {
    if (auto messages = std::exchange(surplus, 0); messages > 0 && channel)
      self->send(channel, surplus_ignored{neighbour, messages});
  }

  // Returns the whole broadcast for passing on, not only the part that was new
  // here. Other peers may lack the rest.
  caf::result<gossip_data_ptr> receive_broadcast(const payload& data) {
    if (is_outline(data))
      return make_error(errc::malformed, "an outline as a broadcast");
    advance();
    auto change = decode(data.view());
    if (!change)
      return std::move(change.error());
    absorb(*change);
    return data_of<V>(std::make_shared<const V>(std::move(*change)));
  }

  caf::expected<snapshot<V>> receive_items(const payload& data) {
    auto change = decode(data.view());
    if (!change)
      return std::move(change.error());
    return absorb(*change);
  }

  caf::result<gossip_data_ptr> receive_gossip(const payload& data,
                                              peer_name neighbour) {
    advance();
    if (is_outline(data)) {
      if (auto failure = compare(data, neighbour))
        return failure;
      return gossip_data_ptr{};
    }
    auto found = receive_items(data);
    if (!found)
      return std::move(found.error());
    return *found ? data_of<V>(std::move(*found)) : gossip_data_ptr{};
  }

  caf::error receive_unicast(const asker& from, const payload& data) {
    if (is_outline(data))
      return compare(data, from.neighbour);
    auto found = receive_items(data);
    if (!found)
      return std::move(found.error());
    if constexpr (has_outline<V>) {
      questions.answered();
      exchange.heard_from(from.who);
      if (*found)
        send_outline_later();
    }
    return {};
  }

  // If one message is malformed, the others are still handled.
  caf::result<void> receive_unicasts(const unicasts_arrived& xs) {
    advance();
    const auto asks_for_all = questions.question();
    caf::error failure;
    for (const auto& x : xs.messages) {
      const asker from{xs.neighbour, x.source};
      if (x.data == asks_for_all)
        questions.answer(channel, from);
      else if (auto why = receive_unicast(from, x.data); why && !failure)
        failure = std::move(why);
    }
    report_surplus(xs.neighbour);
    if (failure)
      return failure;
    return caf::unit;
  }

  // -- passing on what came by unicast

  void send_outline_later() {
    if (pause.news(self->clock().now()))
      self->delayed_send(self, outline_pause::quiet, outline_due{});
  }

  void send_outline_if_quiet() {
    if (pause.is_over(self->clock().now()))
      gossip_to_neighbours();
    else
      self->delayed_send(self, outline_pause::quiet, outline_due{});
  }

  pointer self;
  copy_on_write<V> value;
  std::vector<std::function<void()>> until_loaded;
  gossip_channel_actor channel; // null until joined
  std::vector<caf::typed_response_promise<gossip_channel_actor>> waiting;
  value_watchers<V, std::remove_pointer_t<pointer>, value_watcher_actor<V>>
    watchers;
  value_storage<V, std::remove_pointer_t<pointer>> storage;
  own_changes<V, std::remove_pointer_t<pointer>> ours;
  gathered_changes<V> news; // changes that watchers have not been told of
  bool telling = false;     // whether a message to ourselves is on its way
  std::vector<std::pair<snapshot_promise, snapshot<V>>> until_told; // answers
  replica_exchange<V, std::remove_pointer_t<pointer>> exchange;
  replica_questions<V, std::remove_pointer_t<pointer>> questions;
  outline_pause pause;
  refusal_log refusals;
  std::uint64_t surplus = 0; // messages with surplus bytes, not reported yet
  wall_time date;            // the latest date given to the value
};

} // namespace cafmesh::replication

// Included last, because the handlers use the state that is defined above.
#include <cafmesh/detail/replicated_behavior.hpp>
