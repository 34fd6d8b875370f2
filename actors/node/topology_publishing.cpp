#include <utility>

#include "actors/node/topology_state.hpp"

// What follows from a change in the mesh: events, log lines, new views and
// announcements.
namespace cafmesh {

namespace {

constexpr auto publish_interval = std::chrono::milliseconds{100};

} // namespace

void topology_state::apply_effects(mesh_model_effects& effects) {
  tell_of_peers(effects);
  warn(effects);
  if (effects.routes_changed) {
    tell(routes_changed{});
    view_is_stale();
  }
  if (effects.short_ids_changed)
    tell(short_ids_changed{});
  announce();
  schedule_tick();
}

void topology_state::tell_of_peers(mesh_model_effects& effects) {
  for (const auto& peer : std::exchange(effects.joined, {})) {
    log->peer(peer, "is known now", now());
    tell(peer_joined{peer});
  }
  for (const auto& [before, after] : std::exchange(effects.restarted, {})) {
    log->peer(after, "has restarted", now());
    tell(peer_restarted{after.name, before.uid, after.uid});
  }
  for (const auto& peer : std::exchange(effects.left, {})) {
    log->peer(peer, "is out of reach, forgotten", now());
    tell(peer_left{peer});
  }
}

void topology_state::warn(mesh_model_effects& effects) {
  if (std::exchange(effects.impersonated, false))
    log->impersonated(now());
  if (std::exchange(effects.is_our_clock_late, false))
    log->clock_is_late(now());
  for (auto twice : std::exchange(effects.names_used_twice, {}))
    log->name_used_twice(twice, now());
  if (auto n = std::exchange(effects.refused_records, 0); n != 0)
    log->refused_records(n, now());
}

void topology_state::announce() {
  if (!channel && !silent)
    return;
  model->set_date(std::chrono::system_clock::now());
  // Takes the announcement from the model even if it is not sent, because it
  // would otherwise stay due for ever.
  auto data = model->take_announcement(now());
  if (!data || silent)
    return;
  // These neighbours must hear it from us, but the broadcast may reach them
  // another way first.
  for (auto neighbour : model->leaving())
    if (const auto* to = find_neighbour(neighbour))
      self->send(channel, tell_neighbour{neighbour, to->connection, data});
  self->send(channel, broadcast{std::move(data)});
}

void topology_state::schedule_tick() {
  auto due = model->wake_at();
  if (auto x = digests->wake_at(); x && (!due || *x < *due))
    due = x;
  if (!due || (next_tick && *next_tick <= *due))
    return;
  next_tick = due;
  auto t = now();
  self->delayed_send(self, *due > t ? *due - t : duration::zero(),
                     topology_tick{});
}

void topology_state::tick() {
  // If the next tick is due later, an earlier tick has done this work.
  if (next_tick && *next_tick > now())
    return;
  next_tick.reset();
  mesh_model_effects effects;
  model->tick(now(), effects);
  give_up_with_remotes(effects);
  send_digests_to_waiting();
  send_gathered();
  apply_effects(effects);
}

void topology_state::view_is_stale() {
  view.reset();
  if (publishing)
    return;
  publishing = true;
  auto next = last_published + publish_interval;
  auto t = now();
  if (next <= t)
    self->send(self, publish_due{});
  else
    self->delayed_send(self, next - t, publish_due{});
}

void topology_state::publish() {
  publishing = false;
  last_published = now();
  for (const auto& watcher : watchers)
    self->send(watcher, view_changed{current_view()});
}

mesh_view_ptr topology_state::current_view() {
  if (!view) {
    auto next = std::make_shared<mesh_view>();
    next->routes = model->current_routes();
    for (const auto& x : connections) {
      next->connections.emplace(x.second.remote, x.second.connection);
      if (x.second.understands_digests)
        next->digest_neighbours.insert(x.second.remote);
    }
    view = std::move(next);
  }
  return view;
}

} // namespace cafmesh
