#include "actors/remote/spawner.hpp"

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <caf/event_based_actor.hpp>
#include <caf/response_promise.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/caf_version/actor_types.hpp"
#include "actors/caf_version/lifetime.hpp"
#include "actors/remote/postman_parts.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

// The actor that spawns actors for other peers.
namespace cafmesh {

namespace {

using texts = std::set<std::string>;

// Spawns one actor and ends. The application's code runs in this actor, where
// it may block without delaying the postman or the spawning of other actors.
caf::behavior maker(caf::event_based_actor* self) {
  return {
    [self](caf::spawn_atom, const std::string& type, caf::message& arguments,
           const texts& interface) -> caf::expected<caf::strong_actor_ptr> {
      self->quit();
      return caf_version::spawn_by_name(*self->context(), type, arguments,
                                        interface);
    }};
}

/// What one peer has spawned here. The peer is identified by its node ID.
struct tenant {
  std::unordered_set<std::uint64_t> orders; // requests not carried out yet
  std::unordered_set<caf::actor_addr> actors;
};

struct spawner_state {
  using self_ptr = spawner_of_postman::stateful_pointer<spawner_state>;
  using promise = caf::typed_response_promise<caf::strong_actor_ptr>;

  static inline const char* name = "cafmesh.spawner";

  explicit spawner_state(self_ptr parent) : self(parent) {
  }

  void start(const actor_settings& config, const directory_actor& names,
             const postman_of_directory& postman, log_sink_ptr sink);
  void publish(const directory_actor& names, const std::string& type);
  caf::result<caf::strong_actor_ptr> order(const std::string& type,
                                           caf::message& arguments,
                                           const texts& interface);
  void made(const caf::node_id& owner, std::uint64_t order, promise answer,
            const caf::strong_actor_ptr& x);
  bool finish(const caf::node_id& owner, std::uint64_t order);
  void actor_ended(const caf::actor_addr& x);
  void forget_if_empty(const caf::node_id& owner);
  void departed(const caf::node_id& owner, const caf::error& why);
  void end(const caf::error& why);

  self_ptr self;
  log_sink_ptr log;
  texts allowed;
  std::size_t most = 0;
  std::unordered_map<caf::node_id, tenant> tenants; // none is empty
  std::unordered_map<caf::actor_addr, caf::node_id> owners;
  std::uint64_t last_order = 0;
};

void spawner_state::start(const actor_settings& config,
                          const directory_actor& names,
                          const postman_of_directory& postman,
                          log_sink_ptr sink) {
  log = std::move(sink);
  allowed = {config.spawnable.begin(), config.spawnable.end()};
  most = config.max_spawned;
  self->monitor(postman);
  caf_version::on_down(self, [this, of_postman = postman.address()](
                               const caf::actor_addr& who, const caf::error&) {
    if (who == of_postman)
      end(make_error(errc::stopped, "the node has stopped"));
    else
      actor_ended(who);
  });
  caf_version::on_exit(self, [this](const caf::error& why) { end(why); });
  // Publishes the types only after the postman has answered, because messages
  // from peers cannot reach this actor before.
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

caf::result<caf::strong_actor_ptr>
spawner_state::order(const std::string& type, caf::message& arguments,
                     const texts& interface) {
  if (allowed.count(type) == 0)
    return make_error(errc::not_spawnable, "the peer does not allow others to "
                                           "spawn actors of the type "
                                             + escaped_in_quotes(type));
  const auto& sender = self->current_sender();
  const auto owner = sender ? sender->node() : self->system().node();
  auto& its = tenants[owner];
  if (its.orders.size() + its.actors.size() >= most)
    return make_error(errc::too_many_actors,
                      "this peer has spawned " + std::to_string(most)
                        + " actors there that have not ended");
  const auto number = ++last_order;
  its.orders.insert(number);
  auto answer = self->make_response_promise<caf::strong_actor_ptr>();
  self
    ->request(self->spawn(maker), caf::infinite, caf::spawn_atom_v, type,
              std::move(arguments), interface)
    .then(
      [=](const caf::strong_actor_ptr& x) { made(owner, number, answer, x); },
      [=](caf::error& why) mutable {
        finish(owner, number);
        answer.deliver(std::move(why));
      });
  return answer;
}

void spawner_state::made(const caf::node_id& owner, std::uint64_t order,
                         promise answer, const caf::strong_actor_ptr& x) {
  if (!finish(owner, order)) {
    auto why = make_error(errc::left, "the peer that spawned it has left");
    caf_version::tell_to_end(caf::actor_cast<caf::actor_addr>(x), why);
    answer.deliver(std::move(why));
    return;
  }
  auto address = caf::actor_cast<caf::actor_addr>(x);
  tenants[owner].actors.insert(address);
  owners[address] = owner;
  self->monitor(x);
  answer.deliver(x);
}

// Notes that a request has been carried out.
// @returns false if the owner has departed since it sent the request
bool spawner_state::finish(const caf::node_id& owner, std::uint64_t order) {
  auto found = tenants.find(owner);
  if (found == tenants.end() || found->second.orders.erase(order) == 0)
    return false;
  forget_if_empty(owner);
  return true;
}

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
  if (x != tenants.end() && x->second.orders.empty()
      && x->second.actors.empty())
    tenants.erase(x);
}

void spawner_state::departed(const caf::node_id& owner, const caf::error& why) {
  auto gone = tenants.extract(owner);
  if (gone.empty())
    return;
  for (const auto& x : gone.mapped().actors) {
    self->demonitor(x);
    owners.erase(x);
    caf_version::tell_to_end(x, why);
  }
}

void spawner_state::end(const caf::error& why) {
  while (!tenants.empty())
    departed(caf::node_id{tenants.begin()->first}, why);
  self->quit();
}

spawner_of_postman::behavior_type
spawner_behavior(spawner_state::self_ptr self, const actor_settings& config,
                 const directory_actor& names,
                 const postman_of_directory& postman, log_sink_ptr log) {
  auto st = &self->state;
  st->start(config, names, postman, std::move(log));
  return {
    [st](caf::spawn_atom, const std::string& type, caf::message& arguments,
         const texts& interface) {
      return st->order(type, arguments, interface);
    },
    [st](const peer_departed& x) { st->departed(x.node, x.why); },
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
                   const postman_of_directory& postman, log_sink_ptr log) {
  if (!config.spawnable.empty())
    system.spawn(spawner_behavior, config, names, postman,
                 log ? std::move(log) : make_spdlog_sink());
}

} // namespace cafmesh
