#include "topology.hpp"

#include <utility>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "../messages/errc.hpp"
#include "core/topology.hpp"

namespace cafmesh {

namespace {

// topology -> itself
struct publish_due {};
struct topology_tick {};

using topology_interface =
    topology_actor::extend<caf::reacts_to<publish_due>,
                           caf::reacts_to<topology_tick>>;

} // namespace

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::publish_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::topology_tick)

namespace cafmesh {

namespace {

// Changes within this time become one view.
constexpr auto publish_interval = std::chrono::milliseconds{100};

struct topology_state {
  explicit topology_state(topology_interface::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.topology";

  void start(context_ptr context);
  caf::result<admission> add(const add_connection& x);
  void established(connection_id id);
  void connection_down(const caf::down_msg& x);
  caf::expected<applied_update> apply(const payload& update);

  // -- after a change
  void settle(topology_effects& effects);
  void announce();
  void schedule_tick();
  void tick();
  void view_is_stale();
  void publish();
  mesh_view_ptr current_view();

  instant now() const {
    return self->clock().now();
  }

  topology_interface::pointer self;
  context_ptr ctx;
  std::optional<topology> mesh;
  gossip_channel_actor channel; // through which we announce
  std::vector<view_watcher_actor> watchers;

  struct live {
    connection_id id;
    peer_name remote;
    connection_actor connection;
  };
  std::unordered_map<caf::actor_addr, live> connections;

  mesh_view_ptr view; // null: stale
  bool publishing = false;
  instant last_published{};
  std::optional<instant> next_tick;
};

// -- connections
// ----------------------------------------------------------------

void topology_state::start(context_ptr context) {
  ctx = std::move(context);
  topology_options options;
  options.connection_limit = ctx->config.connection_limit;
  options.announcement_interval = ctx->config.announcement_interval;
  options.seed = ctx->draw_seed(0x7090'1091u);
  mesh.emplace(ctx->self, options);
  self->set_down_handler(
      [this](const caf::down_msg& x) { connection_down(x); });
}

caf::result<admission> topology_state::add(const add_connection& x) {
  topology_effects effects;
  auto how = mesh->add_connection(x.offer, now(), effects);
  if (!how) {
    settle(effects);
    return std::move(how.error());
  }
  self->monitor(x.connection);
  connections[x.connection.address()] = {x.offer.id, x.offer.remote.name,
                                         x.connection};
  view.reset();
  // It must know that it is tied in before anything is sent through it.
  auto answer = self->make_response_promise<admission>();
  answer.deliver(*how);
  if (how->wants_everything())
    for (const auto& watcher : watchers)
      self->send(watcher, neighbour_added{x.offer.remote.name, x.connection});
  settle(effects);
  return answer;
}

void topology_state::established(connection_id id) {
  topology_effects effects;
  if (mesh->establish_connection(id, now(), effects))
    settle(effects);
}

void topology_state::connection_down(const caf::down_msg& x) {
  auto i = connections.find(x.source);
  if (i == connections.end())
    return;
  topology_effects effects;
  mesh->remove_connection(i->second.id, now(), effects);
  connections.erase(i);
  view.reset();
  settle(effects);
}

// -- what others say
// ------------------------------------------------------------

caf::expected<applied_update> topology_state::apply(const payload& update) {
  topology_effects effects;
  auto result = mesh->apply_update(update.view(), now(), effects);
  settle(effects);
  return result;
}

// -- after a change
// -------------------------------------------------------------

void topology_state::settle(topology_effects& effects) {
  for (auto id : effects.superseded)
    for (auto i = connections.begin(); i != connections.end(); ++i)
      if (i->second.id == id) {
        self->send(i->second.connection,
                   close_connection{make_error(
                       errc::multiple_connections,
                       "another one to " + i->second.remote.str() + " won")});
        connections.erase(i);
        view.reset();
        break;
      }
  for (const auto& peer : effects.joined)
    ctx->write(log_level::info, "peer " + peer.name.str() + "(" + peer.nickname
                                    + ") is known now");
  for (const auto& peer : effects.left)
    ctx->write(log_level::info, "peer " + peer.name.str() + "(" + peer.nickname
                                    + ") is out of reach, forgotten");
  if (effects.routes_changed)
    view_is_stale();
  announce();
  schedule_tick();
}

void topology_state::announce() {
  if (!channel)
    return;
  if (auto data = mesh->take_announcement(now()))
    self->send(channel, broadcast{std::move(data)});
}

void topology_state::schedule_tick() {
  auto due = mesh->wake_at();
  if (!due || (next_tick && *next_tick <= *due))
    return;
  next_tick = due;
  auto t = now();
  self->delayed_send(self, *due > t ? *due - t : duration::zero(),
                     topology_tick{});
}

void topology_state::tick() {
  next_tick.reset();
  topology_effects effects;
  mesh->tick(now(), effects);
  settle(effects);
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
    next->ways = mesh->current_routes();
    for (const auto& x : connections)
      next->connections.emplace(x.second.remote, x.second.connection);
    view = std::move(next);
  }
  return view;
}

// -- behaviour
// ------------------------------------------------------------------

topology_interface::behavior_type
topology_behavior(topology_interface::stateful_pointer<topology_state> self,
                  const context_ptr& ctx) {
  auto st = &self->state;
  st->start(ctx);
  return {
      [](const unicasts_arrived&) -> caf::result<void> {
        return make_error(errc::malformed,
                          "a unicast on the channel 'topology'");
      },
      [st](const broadcast_arrived& x) -> caf::result<gossip_data_ptr> {
        auto applied = st->apply(x.data);
        if (!applied)
          return std::move(applied.error());
        return std::move(applied->everything);
      },
      [st](const gossip_arrived& x) -> caf::result<gossip_data_ptr> {
        auto applied = st->apply(x.data);
        if (!applied)
          return std::move(applied.error());
        return std::move(applied->news);
      },
      [st](get_gossip) { return st->mesh->complete(); },
      [st](const add_connection& x) { return st->add(x); },
      [st](get_identity) { return st->mesh->self(); },
      [st](connection_established x) { st->established(x.id); },
      [st](watch_views& x) {
        st->self->send(x.watcher, view_changed{st->current_view()});
        st->watchers.push_back(std::move(x.watcher));
      },
      [st](get_view) { return st->current_view(); },
      [st](announce_through& x) {
        st->channel = std::move(x.channel);
        st->announce();
      },
      [st](get_topology) {
        return mesh_description{st->mesh->self().name, st->mesh->records()};
      },
      [st](get_discovered_addresses) {
        return st->mesh->discovered_addresses(st->ctx->config.port);
      },
      [st](publish_due) { st->publish(); },
      [st](topology_tick) { st->tick(); },
  };
}

} // namespace

topology_actor spawn_topology(caf::actor_system& system, context_ptr ctx) {
  return system.spawn(topology_behavior, std::move(ctx));
}

} // namespace cafmesh
