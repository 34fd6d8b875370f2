#include <algorithm>
#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include "actors/node/topology_state.hpp"
#include <cafmesh/errc.hpp>

// Our own connections: their admission, their ends, and the decision between
// two connections to peers of the same name.
namespace cafmesh {

namespace {

// The time that a connection may take to close after an unanswered probe.
constexpr auto time_to_close = std::chrono::milliseconds{500};

} // namespace

caf::result<admission> topology_state::add(const add_connection& x) {
  auto answer = self->make_response_promise();
  offered({x, answer}, true);
  return answer;
}

void topology_state::offered(candidate x, bool may_contest) {
  mesh_model_effects effects;
  auto& offer = x.request.offer;
  auto how = model->add_connection(offer, now(), effects);
  if (!how) {
    auto incumbent = effects.contested;
    apply_effects(effects);
    if (!incumbent || !may_contest || !contest(*incumbent, x))
      x.answer.deliver(std::move(how.error()));
    return;
  }
  close_superseded(effects);
  tell_of_peers(effects);
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
  x.answer.deliver(*how);
  if (how->wants_everything())
    for (const auto& watcher : watchers)
      self->send(watcher, neighbour_added{offer.remote.name, connection});
  apply_effects(effects);
}

// Probes the old connection if a new one leads to a peer of the same name.
// Either the peer lost power and is back, while its old connection still seems
// alive, or two peers have the same name; the probe tells which.
bool topology_state::contest(connection_id incumbent, const candidate& x) {
  auto i = find_connection(incumbent);
  if (i == connections.end() || !contests.emplace(incumbent, x).second)
    return false;
  self->monitor(x.request.connection);
  self->send(i->second.connection, probe_remote{});
  self->delayed_send(self, probe_limit + time_to_close,
                     decide_contest{incumbent});
  return true;
}

void topology_state::decide(connection_id incumbent) {
  auto i = contests.find(incumbent);
  if (i == contests.end())
    return;
  auto x = std::move(i->second);
  contests.erase(i);
  self->demonitor(x.request.connection.address());
  if (find_connection(incumbent) != connections.end())
    log->duplicate_name(x.request.offer.remote.name,
                        x.request.offer.remote_address, now());
  offered(std::move(x), false);
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
  for (auto x = contests.begin(); x != contests.end(); ++x)
    if (x->second.request.connection.address() == who) {
      x->second.answer.deliver(std::move(reason));
      contests.erase(x);
      return;
    }
  auto i = connections.find(who);
  if (i == connections.end())
    return;
  mesh_model_effects effects;
  remove(i->second, effects);
  forget_connection(i, std::move(reason));
  apply_effects(effects);
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
  if (contests.count(i->second.id) != 0)
    self->send(self, decide_contest{i->second.id});
  tell(connection_removed{i->second.id, i->second.remote, std::move(reason)});
  digests->remove(i->second.remote);
  for (const auto& watcher : watchers)
    self->send(watcher, neighbour_lost{i->second.remote, i->second.connection});
  connections.erase(i);
  ctx->neighbours = connections.size();
  view.reset();
}

void topology_state::close_superseded(mesh_model_effects& effects) {
  for (auto id : std::exchange(effects.superseded, {}))
    if (auto i = find_connection(id); i != connections.end())
      close(i, make_error(errc::multiple_connections,
                          "another one to " + i->second.remote.str() + " won"));
  for (auto id : std::exchange(effects.displaced, {}))
    if (auto i = find_connection(id); i != connections.end())
      close(i, make_error(errc::connection_limit,
                          "made room for a peer, because most of our inbound "
                          "connections are from this address"));
}

void topology_state::close(live_connections::iterator i, caf::error why) {
  self->send(i->second.connection, close_connection{why});
  forget_connection(i, std::move(why));
}

} // namespace cafmesh
