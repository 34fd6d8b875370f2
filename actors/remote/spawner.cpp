#include "actors/remote/spawner.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include <caf/event_based_actor.hpp>
#include <caf/response_promise.hpp>
#include <caf/scoped_execution_unit.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/caf_version/actor_types.hpp"
#include "actors/caf_version/lifetime.hpp"
#include "actors/caf_version/own_thread.hpp"
#include "actors/remote/postman_parts.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

// The actor that spawns actors for other peers.
namespace cafmesh {

namespace {

using texts = std::set<std::string>;

// The maximum number of factories that run for all peers together. Each runs on
// a thread of its own.
constexpr std::size_t most_orders = 256;
// The maximum number of actors in a status, for one peer and for all peers.
constexpr std::size_t most_listed_of_one = 100;
constexpr std::size_t most_listed = 1000;

/// spawner -> itself: look for actors that take too long to be made.
struct look_for_overdue {};

/// A factory has returned.
struct order_done {
  std::uint64_t number = 0;
  caf::expected<caf::strong_actor_ptr> made;
};

using spawner_interface =
  spawner_of_postman::extend<caf::reacts_to<look_for_overdue>,
                             caf::reacts_to<order_done>>;

} // namespace

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::look_for_overdue)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::order_done)

namespace cafmesh {

namespace {

using promise_of_actor = caf::typed_response_promise<caf::strong_actor_ptr>;

/// A call of an actor's factory that has not returned yet.
struct order {
  caf::node_id owner; // empty if it has departed
  std::string type;
  instant due;
  promise_of_actor answer; // not pending once an error has been sent
};

/// What one peer has spawned here. The peer is identified by its node ID.
struct tenant {
  std::size_t orders = 0;
  std::map<caf::actor_addr, std::string> actors; // with their types
};

struct spawner_state {
  using self_ptr = spawner_interface::stateful_pointer<spawner_state>;

  static inline const char* name = "cafmesh.spawner";

  explicit spawner_state(self_ptr parent) : self(parent) {
  }

  void start(const actor_settings& settings, blocking_work place,
             const directory_actor& names, const postman_of_directory& postman,
             log_sink_ptr sink);
  void publish(const directory_actor& names, const std::string& type);
  caf::result<caf::strong_actor_ptr> take_order(const std::string& type,
                                                caf::message& arguments,
                                                const texts& interface);
  caf::error check_order(const std::string& type, const tenant& from) const;
  void call_factory(std::uint64_t number, const std::string& type,
                    caf::message& arguments, const texts& interface);
  void made(std::uint64_t number, const caf::strong_actor_ptr& x);
  void failed(std::uint64_t number, caf::error& why);
  std::optional<order> finish(std::uint64_t number);
  void find_overdue();
  void schedule(instant when);
  void fail_overdue(order& x);
  void actor_ended(const caf::actor_addr& x);
  void forget_if_empty(const caf::node_id& owner);
  void departed(const caf::node_id& owner, const caf::error& why);
  void end(const caf::error& why);
  actors_status add_to(add_spawned& x) const;

  self_ptr self;
  log_sink_ptr log;
  actor_settings config;
  blocking_work where{};
  texts allowed;
  texts warned_of; // types that have taken too long to make
  std::unordered_map<caf::node_id, tenant> tenants; // none is empty
  std::unordered_map<caf::actor_addr, caf::node_id> owners;
  std::map<std::uint64_t, order> orders; // in order of arrival
  std::uint64_t last_order = 0;
  std::uint64_t latest_overdue_order = 0;
  std::uint64_t overdue_in_all = 0; // orders that were ever overdue
  bool looking = false;             // look_for_overdue is on its way
  bool is_ending = false;           // it ends once `orders` is empty
};

void spawner_state::start(const actor_settings& settings, blocking_work place,
                          const directory_actor& names,
                          const postman_of_directory& postman,
                          log_sink_ptr sink) {
  log = std::move(sink);
  config = settings;
  where = place;
  allowed = {config.spawnable.begin(), config.spawnable.end()};
  self->monitor(postman);
  caf_version::on_down(self, [this, of_postman = postman.address()](
                               const caf::actor_addr& who, const caf::error&) {
    if (who == of_postman)
      end(make_error(errc::stopped, "the node has stopped"));
    else
      actor_ended(who);
  });
  caf_version::on_exit(self, [this](const caf::error& why) { end(why); });
  // Messages from peers cannot reach this actor before the postman has
  // answered.
  self
    ->request(caf::actor_cast<postman_actor>(postman), caf::infinite,
              serve_spawner{spawner_of_postman{self}})
    .then([this, names] {
      for (const auto& type : allowed)
        publish(names, type);
    });
}

void spawner_state::publish(const directory_actor& names,
                            const std::string& type) {
  self
    ->request(names, caf::infinite,
              publish_name{spawner_name(type),
                           caf::actor_cast<caf::strong_actor_ptr>(self),
                           {},
                           {}})
    .then([] {},
          [this, type](const caf::error& why) {
            log->write(log_level::error,
                       "other peers cannot spawn actors of the type "
                         + escaped_in_quotes(type) + ": " + describe(why));
          });
}

// -- orders

caf::error spawner_state::check_order(const std::string& type,
                                      const tenant& from) const {
  if (from.orders + from.actors.size() >= config.max_spawned)
    return make_error(errc::too_many_actors,
                      "this peer has spawned "
                        + std::to_string(config.max_spawned)
                        + " actors there that have not ended");
  if (orders.size() >= most_orders)
    return make_error(errc::too_many_actors,
                      std::to_string(orders.size())
                        + " factories there have not returned yet, so no "
                          "further one is called for the type "
                        + escaped_in_quotes(type));
  return {};
}

caf::result<caf::strong_actor_ptr>
spawner_state::take_order(const std::string& type, caf::message& arguments,
                          const texts& interface) {
  if (allowed.count(type) == 0)
    return make_error(errc::not_spawnable, "the peer does not allow others to "
                                           "spawn actors of the type "
                                             + escaped_in_quotes(type));
  if (is_ending)
    return make_error(errc::stopped, "the node has stopped");
  const auto& sender = self->current_sender();
  const auto owner = sender ? sender->node() : self->system().node();
  auto& its = tenants[owner];
  if (auto err = check_order(type, its)) {
    forget_if_empty(owner);
    return err;
  }
  const auto number = ++last_order;
  ++its.orders;
  const auto due = self->clock().now() + config.spawn_time;
  auto answer = self->make_response_promise<caf::strong_actor_ptr>();
  orders.emplace(number, order{owner, type, due, answer});
  schedule(due);
  call_factory(number, type, arguments, interface);
  return answer;
}

// Runs the application's code on a thread of its own, where it may block
// without delaying the postman or the spawning of other actors.
void spawner_state::call_factory(std::uint64_t number, const std::string& type,
                                 caf::message& arguments,
                                 const texts& interface) {
  auto& system = self->home_system();
  auto work = [&system, me = spawner_interface{self}, number, type, interface,
               given = std::move(arguments)]() mutable {
    caf::scoped_execution_unit unit{&system};
    caf::anon_send(me, order_done{number, caf_version::spawn_by_name(
                                            unit, type, given, interface)});
  };
  if (where == blocking_work::on_scheduler) {
    self->spawn(std::move(work));
  } else if (auto why =
               caf_version::run_on_own_thread(system, std::move(work))) {
    auto failure = make_error(errc::spawn_failed, std::move(*why));
    failed(number, failure);
  }
}

void spawner_state::made(std::uint64_t number, const caf::strong_actor_ptr& x) {
  auto its = finish(number);
  if (!its || !its->answer.pending()) {
    caf_version::tell_to_end(
      caf::actor_cast<caf::actor_addr>(x),
      make_error(errc::stopped, "nobody waits for it any more"));
    return;
  }
  auto address = caf::actor_cast<caf::actor_addr>(x);
  tenants[its->owner].actors.emplace(address, std::move(its->type));
  owners[address] = its->owner;
  self->monitor(x);
  its->answer.deliver(x);
}

void spawner_state::failed(std::uint64_t number, caf::error& why) {
  if (auto its = finish(number); its && its->answer.pending())
    its->answer.deliver(std::move(why));
}

std::optional<order> spawner_state::finish(std::uint64_t number) {
  auto found = orders.extract(number);
  if (found.empty())
    return {};
  auto& result = found.mapped();
  if (auto its = tenants.find(result.owner); its != tenants.end()) {
    --its->second.orders;
    forget_if_empty(result.owner);
  }
  if (is_ending && orders.empty())
    self->quit();
  return std::move(result);
}

void spawner_state::find_overdue() {
  looking = false;
  const auto now = self->clock().now();
  for (auto i = orders.upper_bound(latest_overdue_order); i != orders.end();
       ++i) {
    if (i->second.due > now)
      return schedule(i->second.due);
    latest_overdue_order = i->first;
    fail_overdue(i->second);
  }
}

void spawner_state::schedule(instant when) {
  if (std::exchange(looking, true))
    return;
  auto wait = std::max<duration>(when - self->clock().now(),
                                 std::chrono::milliseconds{1});
  self->delayed_send(self, wait, look_for_overdue{});
}

void spawner_state::fail_overdue(order& x) {
  ++overdue_in_all;
  if (x.answer.pending())
    x.answer.deliver(make_error(
      errc::spawn_failed, "an actor of the type " + escaped_in_quotes(x.type)
                            + " was not made in time"));
  if (warned_of.insert(x.type).second)
    log->write(log_level::warning,
               "the factory of the actor type " + escaped_in_quotes(x.type)
                 + ", called for a peer, takes longer than actors.spawn-time; "
                   "it keeps a thread until it returns");
}

// -- actors

void spawner_state::actor_ended(const caf::actor_addr& x) {
  auto owner = owners.find(x);
  if (owner == owners.end())
    return;
  tenants[owner->second].actors.erase(x);
  forget_if_empty(owner->second);
  owners.erase(owner);
}

void spawner_state::forget_if_empty(const caf::node_id& owner) {
  auto x = tenants.find(owner);
  if (x != tenants.end() && x->second.orders == 0 && x->second.actors.empty())
    tenants.erase(x);
}

void spawner_state::departed(const caf::node_id& owner, const caf::error& why) {
  auto gone = tenants.extract(owner);
  if (gone.empty())
    return;
  for (const auto& x : gone.mapped().actors) {
    self->demonitor(x.first);
    owners.erase(x.first);
    caf_version::tell_to_end(x.first, why);
  }
  for (auto& x : orders)
    if (x.second.owner == owner) {
      x.second.owner = caf::node_id{};
      if (x.second.answer.pending())
        x.second.answer.deliver(why);
    }
}

void spawner_state::end(const caf::error& why) {
  while (!tenants.empty())
    departed(caf::node_id{tenants.begin()->first}, why);
  is_ending = true;
  if (orders.empty())
    self->quit();
}

// -- status

actors_status spawner_state::add_to(add_spawned& x) const {
  auto& result = x.status;
  result.max_spawned = config.max_spawned;
  result.overdue_spawns = overdue_in_all;
  auto room = most_listed;
  for (std::size_t i = 0; i < x.nodes.size(); ++i) {
    auto its = tenants.find(x.nodes[i]);
    if (its == tenants.end())
      continue;
    auto& out = result.peers[i];
    out.spawned = its->second.actors.size();
    out.being_spawned = its->second.orders;
    for (const auto& [actor, type] : its->second.actors) {
      if (room == 0 || out.spawned_actors.size() == most_listed_of_one)
        break;
      out.spawned_actors.push_back({type, actor.id()});
      --room;
    }
  }
  return std::move(result);
}

spawner_interface::behavior_type
spawner_behavior(spawner_state::self_ptr self, const actor_settings& config,
                 blocking_work where, const directory_actor& names,
                 const postman_of_directory& postman, log_sink_ptr log) {
  auto st = &self->state;
  st->start(config, where, names, postman, std::move(log));
  return {
    [st](caf::spawn_atom, const std::string& type, caf::message& arguments,
         const texts& interface) {
      return st->take_order(type, arguments, interface);
    },
    [st](const peer_departed& x) { st->departed(x.node, x.why); },
    [st](add_spawned& x) { return st->add_to(x); },
    [st](look_for_overdue) { st->find_overdue(); },
    [st](order_done& x) {
      if (x.made)
        st->made(x.number, *x.made);
      else
        st->failed(x.number, x.made.error());
    },
  };
}

} // namespace

caf::error check_spawnable(const caf::actor_system& system,
                           const actor_settings& config) {
  for (const auto& type : config.spawnable)
    if (!caf_version::is_actor_type(system, type))
      return make_error(errc::bad_setting,
                        "actors.spawnable names " + escaped_in_quotes(type)
                          + ", which is no actor type: call add_actor_type in "
                            "the constructor of the configuration");
  return {};
}

void spawn_spawner(caf::actor_system& system, const actor_settings& config,
                   const directory_actor& names,
                   const postman_of_directory& postman, log_sink_ptr log,
                   blocking_work where) {
  if (!config.spawnable.empty())
    system.spawn(spawner_behavior, config, where, names, postman,
                 log ? std::move(log) : make_spdlog_sink());
}

} // namespace cafmesh
