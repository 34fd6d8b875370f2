#include <algorithm>
#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include "actors/context/contest_parts.hpp"
#include "actors/core/mesh/discovery.hpp"
#include "actors/node/topology_state.hpp"
#include <cafmesh/errc.hpp>

// Our own connections: their admission and their ends.
namespace cafmesh {

caf::result<admission> topology_state::add(const add_connection& x) {
  auto answer = self->make_response_promise();
  offered({x, answer});
  return answer;
}

void topology_state::offered(candidate x) {
  mesh_model_effects effects;
  auto how = model->add_connection(x.request.offer, now(), effects);
  if (how)
    return admitted(std::move(x), *how, effects);
  if (effects.contested)
    begin_contest(*effects.contested, std::move(x));
  else
    x.answer.deliver(std::move(how.error()));
}

void topology_state::admitted(candidate x, const admission& how,
                              mesh_model_effects& effects) {
  close_displaced(effects);
  tell_of_peers(effects);
  auto& offer = x.request.offer;
  auto& connection = x.request.connection;
  self->monitor(connection);
  if (reporter)
    self->send(reporter,
               withdraw_closing{{offer.remote.name, offer.remote.uid}});
  auto has_digests = ctx->config.topology_digests && offer.remote.digests;
  const live neighbour{offer.id, offer.remote.name, connection, has_digests};
  connections[connection.address()] = neighbour;
  ctx->neighbours = connections.size();
  digests->add(offer.remote.name, now());
  view.reset();
  tell(connection_added{
    offer.id,
    {offer.remote.name, offer.remote_address, offer.outbound, false}});
  // The answer comes first, because the connection must know of its admission
  // before anything is sent on it.
  x.answer.deliver(how);
  if (how.wants_everything())
    for (const auto& watcher : watchers)
      self->send(watcher, neighbour_added{offer.remote.name, connection,
                                          how.compare_later});
  apply_effects(effects);
}

void topology_state::established(connection_id id) {
  mesh_model_effects effects;
  if (!model->establish_connection(id, now(), effects))
    return;
  if (auto i = find_connection(id); i != connections.end())
    tell(connection_established{id, i->second.remote});
  apply_effects(effects);
}

topology_state::live_connections::iterator
topology_state::find_connection(connection_id id) {
  return std::find_if(connections.begin(), connections.end(),
                      [id](const auto& x) { return x.second.id == id; });
}

void topology_state::somebody_down(const caf::actor_addr& who,
                                   caf::error reason) {
  auto gone = [&](const event_subscriber_actor& y) {
    return y == who;
  };
  if (reporter == who)
    reporter = nullptr;
  subscribers.erase(
    std::remove_if(subscribers.begin(), subscribers.end(), gone),
    subscribers.end());
  watchers.erase(
    std::remove_if(watchers.begin(), watchers.end(),
                   [&](const view_watcher_actor& y) { return y == who; }),
    watchers.end());
  draining.erase(who);
  if (!candidate_ended(who, reason))
    connection_ended(who, std::move(reason));
}

// If a new connection to the peer has waited for this end, admits it, or offers
// it again if it leads to another life of the peer. Replacing a connection to
// the same life keeps the peers behind it known. If we have closed the ended
// connection ourselves, `forget_connection` has already removed it.
void topology_state::connection_ended(const caf::actor_addr& who,
                                      caf::error reason) {
  std::optional<live> ended;
  if (auto i = connections.find(who); i != connections.end()) {
    ended = i->second;
    forget_connection(i, std::move(reason));
  }
  auto found = contests.extract(who);
  auto x = found ? end_contest(found.mapped()) : std::nullopt;
  if (!ended && !x)
    return;
  mesh_model_effects effects;
  if (x && ended && x->existing.is_same_life) {
    auto how =
      model->replace_connection(ended->id, x->x.request.offer, now(), effects);
    return admitted(std::move(x->x), how, effects);
  }
  if (ended)
    remove(*ended, effects);
  apply_effects(effects);
  if (x)
    offered(std::move(x->x));
}

void topology_state::remove(const live& x, mesh_model_effects& effects) {
  if (!x.closed_by_remote)
    return model->remove_connection(x.id, now(), effects);
  auto what = model->remove_closed_connection(x.id, now(), effects);
  if (what && reporter)
    self->send(reporter, report_closing{*what});
}

closing_listener_actor
topology_state::report_through(closing_reporter_actor x) {
  self->monitor(x);
  reporter = std::move(x);
  return caf::actor_cast<closing_listener_actor>(self);
}

void topology_state::reported(const closings_reported& x) {
  mesh_model_effects effects;
  model->note_closings(x.all, x.reporter, now(), effects);
  apply_effects(effects);
}

void topology_state::forget_connection(live_connections::iterator i,
                                       caf::error reason) {
  tell(connection_removed{i->second.id, i->second.remote, std::move(reason)});
  digests->remove(i->second.remote);
  for (const auto& watcher : watchers)
    self->send(watcher, neighbour_lost{i->second.remote, i->second.connection});
  connections.erase(i);
  ctx->neighbours = connections.size();
  view.reset();
}

void topology_state::close_displaced(mesh_model_effects& effects) {
  for (auto id : std::exchange(effects.displaced, {}))
    if (auto i = find_connection(id); i != connections.end())
      close(i, make_error(errc::connection_limit,
                          "made room for a peer, because most of our inbound "
                          "connections are from this address"));
}

discovered_addresses
topology_state::discover(const get_discovered_addresses& x) {
  const auto turn = now().time_since_epoch() / discovery::turn;
  auto found = model->plan_discovery(
    ctx->default_port, static_cast<std::uint64_t>(turn), x, now());
  if (found.give_up)
    give_up(*found.give_up,
            make_error(errc::connection_closed,
                       "given up, because there are more than target_degree "
                       "asks for"));
  log->degree_limit(found.limit_holds, connections.size(), now());
  announce();
  schedule_tick();
  return {std::move(found.addresses), found.is_limited, found.again};
}

// Data from now on takes other ways. The remote hears from our record that it
// has to send its own another way, too; until then we take what it sends.
void topology_state::give_up(connection_id id, caf::error why) {
  auto i = find_connection(id);
  if (i == connections.end() || contests.count(i->first) != 0)
    return;
  self->send(caf::actor_cast<contestant_actor>(i->second.connection),
             drain_connection{why});
  if (const auto peer = model->find(i->second.remote))
    draining.emplace(i->first, drained{id, {peer->name, peer->uid}});
  forget_connection(i, std::move(why));
  mesh_model_effects effects;
  model->remove_connection(id, now(), effects);
  apply_effects(effects);
}

// The remote's process has probably ended. But if its record no longer lists
// the connection, the remote has only given it up, too.
void topology_state::closed_early(connection_id id) {
  for (const auto& [who, x] : draining) {
    if (x.id != id)
      continue;
    mesh_model_effects effects;
    auto what = model->drained_one_closed(x.remote, now(), effects);
    if (what && reporter)
      self->send(reporter, report_closing{*what});
    return apply_effects(effects);
  }
}

void topology_state::give_up_with_remotes(mesh_model_effects& effects) {
  for (auto id : std::exchange(effects.given_up, {}))
    give_up(id, make_error(errc::connection_closed,
                           "given up by the remote: its record no longer "
                           "lists it"));
}

void topology_state::close(live_connections::iterator i, caf::error why) {
  self->send(i->second.connection, close_connection{why});
  forget_connection(i, std::move(why));
}

} // namespace cafmesh
