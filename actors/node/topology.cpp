#include "actors/node/topology.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/core/mesh/mesh_model.hpp"
#include "actors/node/mesh_log.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

// topology -> itself
struct publish_due {};
struct topology_tick {};
struct decide_contest {
  connection_id incumbent;
};

using topology_interface =
  topology_actor::extend<caf::reacts_to<publish_due>,
                         caf::reacts_to<topology_tick>,
                         caf::reacts_to<decide_contest>>;

} // namespace

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::publish_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::topology_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::decide_contest)

namespace cafmesh {

namespace {

// Views are published at most this often.
constexpr auto publish_interval = std::chrono::milliseconds{100};

// How long a connection may take to close after an unanswered probe.
constexpr auto time_to_close = std::chrono::milliseconds{500};

struct topology_state {
  explicit topology_state(topology_interface::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.topology";

  struct live {
    connection_id id;
    peer_name remote;
    connection_actor connection;
  };
  using live_connections = std::unordered_map<caf::actor_addr, live>;

  void start(context_ptr context);
  caf::result<admission> add(const add_connection& x);
  struct candidate {
    add_connection request;
    caf::response_promise answer;
  };
  void offered(candidate x, bool may_contest);
  bool contest(connection_id incumbent, const candidate& x);
  live_connections::iterator find_connection(connection_id id);
  void decide(connection_id incumbent);
  void established(connection_id id);
  void somebody_down(const caf::actor_addr& who, caf::error reason);
  caf::expected<applied_update> apply(const payload& update,
                                      wanted_of_update wanted);

  // -- events
  void add_subscriber(event_subscriber_actor x);
  template <class T>
  void tell(const T& event) {
    for (const auto& x : subscribers)
      self->send(x, event);
  }

  // -- after a change
  void apply_effects(mesh_model_effects& effects);
  void close_superseded(mesh_model_effects& effects);
  void tell_of_peers(mesh_model_effects& effects);
  void warn(mesh_model_effects& effects);
  void announce();
  void schedule_tick();
  void tick();
  void forget_connection(live_connections::iterator i, caf::error reason);
  void view_is_stale();
  void publish();
  mesh_view_ptr current_view();

  instant now() const {
    return self->clock().now();
  }

  topology_interface::pointer self;
  context_ptr ctx;
  std::optional<mesh_model> model;
  std::optional<mesh_log> log;
  gossip_channel_actor channel; // through which we announce
  bool silent = false;          // the node stops: announce nothing
  std::vector<view_watcher_actor> watchers;
  std::vector<event_subscriber_actor> subscribers;

  live_connections connections;
  // New connections that wait for a probe, by the ID of the connection that
  // each would replace.
  std::unordered_map<connection_id, candidate> contests;

  mesh_view_ptr view; // null: stale
  bool publishing = false;
  instant last_published{};
  std::optional<instant> next_tick;
};

// -- connections

void topology_state::start(context_ptr context) {
  ctx = std::move(context);
  mesh_model_options options;
  options.connection_limit = ctx->config.connection_limit;
  options.announcement_interval = ctx->config.announcement_interval;
  options.seed = ctx->draw_seed(0x7090'1091u);
  model.emplace(ctx->self, options);
  log.emplace(ctx);
  caf_version::on_down(self,
                       [this](const caf::actor_addr& who, caf::error reason) {
                         somebody_down(who, std::move(reason));
                       });
}

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
  connections[connection.address()] = {offer.id, offer.remote.name, connection};
  view.reset();
  tell(connection_added{
    offer.id,
    {offer.remote.name, offer.remote_address, offer.outbound, false}});
  // The connection must know that it is admitted before anything is sent on it.
  x.answer.deliver(*how);
  if (how->wants_everything())
    for (const auto& watcher : watchers)
      self->send(watcher, neighbour_added{offer.remote.name, connection});
  apply_effects(effects);
}

// Either the peer lost power and is back, while its old connection still seems
// alive, or two peers have the same name. A probe of the old connection
// decides.
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
    log->twins(x.request.offer.remote.name, x.request.offer.remote_address,
               now());
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
  model->remove_connection(i->second.id, now(), effects);
  forget_connection(i, std::move(reason));
  apply_effects(effects);
}

void topology_state::forget_connection(live_connections::iterator i,
                                       caf::error reason) {
  if (contests.count(i->second.id) != 0)
    self->send(self, decide_contest{i->second.id});
  tell(connection_removed{i->second.id, i->second.remote, std::move(reason)});
  connections.erase(i);
  view.reset();
}

// -- updates from other peers

caf::expected<applied_update> topology_state::apply(const payload& update,
                                                    wanted_of_update wanted) {
  // News is not sent back to the neighbour that it came from, so with a single
  // neighbour nobody needs it. A peer that connects at this moment gets the
  // news with the next gossip at the latest.
  if (model->connection_count() <= 1)
    wanted = {false, false};
  mesh_model_effects effects;
  auto result = model->apply_update(update.view(), now(), effects, wanted);
  apply_effects(effects);
  return result;
}

// -- after a change

void topology_state::apply_effects(mesh_model_effects& effects) {
  close_superseded(effects);
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

void topology_state::close_superseded(mesh_model_effects& effects) {
  for (auto id : std::exchange(effects.superseded, {})) {
    auto i = find_connection(id);
    if (i == connections.end())
      continue;
    auto why = make_error(errc::multiple_connections,
                          "another one to " + i->second.remote.str() + " won");
    self->send(i->second.connection, close_connection{why});
    forget_connection(i, std::move(why));
  }
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
  if (auto n = std::exchange(effects.refused_records, 0); n != 0)
    log->refused_records(n, now());
}

void topology_state::announce() {
  if (!channel && !silent)
    return;
  // Taken even while silent; otherwise the announcement would stay due forever.
  if (auto data = model->take_announcement(now()); data && !silent)
    self->send(channel, broadcast{std::move(data)});
}

void topology_state::schedule_tick() {
  auto due = model->wake_at();
  if (!due || (next_tick && *next_tick <= *due))
    return;
  next_tick = due;
  auto t = now();
  self->delayed_send(self, *due > t ? *due - t : duration::zero(),
                     topology_tick{});
}

void topology_state::tick() {
  // An earlier tick was scheduled after this one, and has replaced it.
  if (next_tick && *next_tick > now())
    return;
  next_tick.reset();
  mesh_model_effects effects;
  model->tick(now(), effects);
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
    next->ways = model->current_routes();
    for (const auto& x : connections)
      next->connections.emplace(x.second.remote, x.second.connection);
    view = std::move(next);
  }
  return view;
}

// -- events

void topology_state::add_subscriber(event_subscriber_actor x) {
  self->monitor(x);
  self->send(x, mesh_description{model->self().name, model->records()});
  subscribers.push_back(std::move(x));
}

// -- behaviour

topology_interface::behavior_type
topology_behavior(topology_interface::stateful_pointer<topology_state> self,
                  const context_ptr& ctx) {
  auto st = &self->state;
  st->start(ctx);
  return {
    [](const unicasts_arrived&) -> caf::result<void> {
      return make_error(errc::malformed, "a unicast on the channel 'topology'");
    },
    [st](const broadcast_arrived& x) -> caf::result<gossip_data_ptr> {
      auto applied = st->apply(x.data, {true, false});
      if (!applied)
        return std::move(applied.error());
      return std::move(applied->everything);
    },
    [st](const gossip_arrived& x) -> caf::result<gossip_data_ptr> {
      auto applied = st->apply(x.data, {false, true});
      if (!applied)
        return std::move(applied.error());
      return std::move(applied->news);
    },
    [st](get_gossip) { return st->model->complete(); },
    [st](const gossiper_ended& x) { st->tell(x); },
    [st](const add_connection& x) { return st->add(x); },
    [st](get_identity) { return st->model->self(); },
    [st](confirm_connection x) { st->established(x.id); },
    [st](watch_views& x) {
      st->self->send(x.watcher, view_changed{st->current_view()});
      st->self->monitor(x.watcher);
      st->watchers.push_back(std::move(x.watcher));
    },
    [st](get_view) { return st->current_view(); },
    [st](announce_through& x) {
      st->silent = !x.channel;
      st->channel = std::move(x.channel);
      st->announce();
    },
    [st](get_topology) {
      return mesh_description{st->model->self().name, st->model->records()};
    },
    [st](get_discovered_addresses) {
      return st->model->discovered_addresses(st->ctx->config.port);
    },
    [st](subscribe& x) { st->add_subscriber(std::move(x.subscriber)); },
    [st](publish_due) { st->publish(); },
    [st](topology_tick) { st->tick(); },
    [st](decide_contest x) { st->decide(x.incumbent); },
  };
}

} // namespace

topology_actor spawn_topology(caf::local_actor* parent, context_ptr ctx) {
  return ctx->parts->add(parent->spawn(topology_behavior, ctx), "topology",
                         node_parts::told_by::router);
}

} // namespace cafmesh
