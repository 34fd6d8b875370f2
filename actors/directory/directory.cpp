#include "actors/directory/directory.hpp"

#include <algorithm>
#include <utility>

#include <caf/stateful_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/directory/directory_state.hpp"
#include <cafmesh/errc.hpp>

// The directory's handlers, its start and its end.
namespace cafmesh {

// -- life

void directory_state::start(router_actor to, directory_parts x) {
  router = std::move(to);
  parts = std::move(x);
  caf_version::on_down(self, [this](const caf::actor_addr& who,
                                    const caf::error& why) { down(who, why); });
  auto failed = [this](caf::error& why) {
    self->quit(std::move(why));
  };
  // `await` makes other messages wait until the directory knows the name of its
  // own node and has joined the channel.
  self->request(router, caf::infinite, get_node{})
    .await(
      [this, failed](const node_description& we) {
        begin(we);
        self
          ->request(router, caf::infinite,
                    join_channel{names_channel, gossiper_actor{self}})
          .await([this](gossip_channel_actor& us) { joined(std::move(us)); },
                 failed);
      },
      failed);
}

void directory_state::begin(const node_description& x) {
  const auto node = parts.node ? to_string(parts.node) : std::string{};
  model.emplace(names::life{x.name, x.uid}, node);
  rng.seed(value_of(x.uid));
}

void directory_state::joined(gossip_channel_actor x) {
  channel = std::move(x);
  self->monitor(channel);
  self->send(router, subscribe{event_subscriber_actor{self}});
  self->send(caf::actor_cast<reported_router_actor>(router),
             report_actors{self->address()});
  apply_effects();
}

void directory_state::down(const caf::actor_addr& who,
                           const caf::error& reason) {
  if (channel && who == channel)
    return self->quit(reason);
  watchers.remove(who);
  distance_watchers.erase(
    std::remove_if(distance_watchers.begin(), distance_watchers.end(),
                   [&](const caf::actor& x) { return x.address() == who; }),
    distance_watchers.end());
  // Only local actors are published. A remote watcher may have the same ID.
  if (who.node() == self->system().node())
    actor_ended(who.id());
}

// -- behaviour

namespace {

directory_interface::behavior_type
directory_behavior(directory_interface::stateful_pointer<directory_state> self,
                   const router_actor& router, const directory_parts& parts) {
  auto st = &self->state;
  st->start(router, parts);
  return {
    [st](const publish_name& x) { return st->publish(x); },
    [st](const unpublish_name& x) { st->unpublish(x.name); },
    [st](const lookup_name& x) { return st->lookup(x.name); },
    [st](const resolve_name& x) { return st->resolve(x); },
    [st](const get_address& x) { return st->address_of(x.actor); },
    [st](const resolve_address& x) { return st->resolve(x.address); },
    [st](const watch_names& x) { st->watch(x); },
    [st](get_directory_figures) { return st->figures(); },
    [st](const watch_dead_letters& x) {
      return st->self->delegate(st->parts.postman, x);
    },
    [st](get_actors) { return st->report(); },
    [st](const spawn_actor& x) { return st->spawn(x); },
    [st](get_carrier) { return st->parts.carrier; },
    [st](const watch_distances& x) {
      st->self->monitor(x.watcher);
      st->distance_watchers.push_back(x.watcher);
    },
    [st](const unicasts_arrived& x) { return st->receive(x); },
    [st](const broadcast_arrived& x) {
      return st->receive(x.data, x.neighbour);
    },
    [st](const gossip_arrived& x) { return st->receive(x.data, x.neighbour); },
    [st](get_gossip) { return st->outline(); },
    [st](const mesh_description& x) { st->mesh_is(x); },
    [st](const peer_joined& x) { st->life_appeared(x.peer.name, x.peer.uid); },
    [st](const peer_left& x) { st->peer_left(x.peer.name); },
    [st](const peer_restarted& x) { st->life_appeared(x.name, x.new_uid); },
    [](const connection_added&) {},
    [](const connection_established&) {},
    [](const connection_removed&) {},
    [st](routes_changed) { st->hops_are_stale(); },
    [](short_ids_changed) {},
    [](const gossiper_ended&) {},
    [st](flush_names) { st->flush(); },
    [st](describe_names) {
      st->describing = false;
      st->self->send(st->channel, gossip{st->outline()});
    },
    [st](directory_tick) {
      st->next_tick.reset();
      st->model->tick(st->now());
      st->apply_effects();
    },
    [st](measure_hops) {
      st->self->request(st->router, caf::infinite, get_topology{})
        .then([st](const mesh_description& x) { st->mesh_is(x); },
              [](const caf::error&) {});
    },
  };
}

} // namespace

directory_actor spawn_directory(caf::actor_system& system, router_actor router,
                                directory_parts parts) {
  return system.spawn(directory_behavior, std::move(router), std::move(parts));
}

} // namespace cafmesh
