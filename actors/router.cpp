#include "router.hpp"

#include <map>
#include <set>
#include <utility>

#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "../messages/errc.hpp"
#include "../messages/quoted.hpp"
#include "acceptor.hpp"
#include "connection_maker.hpp"
#include "core/host_port.hpp"
#include "gossip_channel.hpp"
#include "node_context.hpp"
#include "status_query.hpp"
#include "topology.hpp"

namespace cafmesh {

namespace {

// router -> itself
struct drained_long_enough {};

using router_interface =
  router_actor::extend<caf::reacts_to<drained_long_enough>>;

} // namespace

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::drained_long_enough)

namespace cafmesh {

namespace {

struct router_state {
  explicit router_state(router_interface::pointer self_ptr) : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.router";

  void begin(std::shared_ptr<node_context> context, listener_ptr listening);
  caf::result<void> start();
  caf::result<gossip_channel_actor> join(const join_channel& x);
  caf::result<gossip_channel_actor> find(const find_channel& x);
  gossip_channel_actor add_channel(const std::string& channel,
                                   gossiper_actor gossiper);
  caf::result<mesh_status> status();
  caf::result<void> change_passwords(crypto::passwords accepted);
  void warn_of_short_passwords() const;

  caf::result<void> stop();
  void begin_stop();
  void drain_channels();
  void finish_connections_now();
  void close_connections();
  void end_if_alone();
  void child_down(const caf::down_msg& x);
  void stop_channels();

  router_interface::pointer self;
  std::shared_ptr<node_context> ctx;
  listener_ptr listening; // until the start
  std::string address;
  acceptor_actor acceptor;
  std::map<std::string, gossip_channel_actor> channels;
  std::set<std::string> surrogates; // names that only others use
  instant started_at{};
  bool started = false;
  bool stopping = false;
  std::size_t draining = 0; // channels
  caf::error failure; // why it stops, if nobody asked it to
  std::vector<caf::response_promise> waiting_for_stop;
  std::map<caf::actor_addr, std::string> children;
};

// -- start

void router_state::begin(std::shared_ptr<node_context> context,
                         listener_ptr from) {
  ctx = std::move(context);
  listening = std::move(from);
  address = listening->local_address();
  auto& system = self->home_system();
  self->set_down_handler([this](const caf::down_msg& x) { child_down(x); });
  self->set_exit_handler([this](const caf::exit_msg&) { begin_stop(); });
  ctx->router = self;
  ctx->topology = spawn_topology(system, ctx);
  ctx->maker = spawn_connection_maker(system, ctx);
  self->monitor(ctx->topology);
  self->monitor(ctx->maker);
  children.emplace(ctx->topology.address(), "topology");
  children.emplace(ctx->maker.address(), "connection_maker");
  self->send(ctx->topology,
             announce_through{add_channel("topology", ctx->topology)});
  if (!ctx->config.peers.empty())
    self->send(ctx->maker, connect_to{ctx->config.peers, false});
}

caf::result<void> router_state::start() {
  if (stopping)
    return make_error(errc::stopped, "the node was stopped");
  if (started)
    return make_error(errc::already_started, "the node runs already");
  started = true;
  started_at = self->clock().now();
  acceptor = spawn_acceptor(self->home_system(), ctx,
                            std::exchange(listening, nullptr));
  self->monitor(acceptor);
  children.emplace(acceptor.address(), "acceptor");
  self->send(ctx->maker, start_mesh{});
  ctx->write(log_level::info,
             "node " + ctx->self.name.str() + "(" + ctx->self.nickname
               + ") listens on " + address
               + (ctx->passwords->get()->empty() ? ", plain" : ", encrypted"));
  warn_of_short_passwords();
  return caf::unit;
}

// -- channels

caf::result<gossip_channel_actor> router_state::join(const join_channel& x) {
  if (stopping)
    return make_error(errc::stopped, "the node was stopped");
  if (!x.gossiper)
    return make_error(errc::bad_setting, "a channel needs a gossiper");
  // Peers of ours ignore what comes for a longer one.
  if (x.name.size() > max_channel_name_size)
    return make_error(errc::too_large,
                      "a channel's name has up to "
                        + std::to_string(max_channel_name_size) + " bytes, not "
                        + std::to_string(x.name.size()));
  auto i = channels.find(x.name);
  if (i == channels.end())
    return add_channel(x.name, x.gossiper);
  auto promise = self->make_response_promise<gossip_channel_actor>();
  auto channel = i->second;
  self->request(channel, caf::infinite, adopt_gossiper{x.gossiper})
      .then(
          [this, promise, channel, name = x.name]() mutable {
            surrogates.erase(name);
            promise.deliver(channel);
          },
          [promise](caf::error& why) mutable {
            promise.deliver(std::move(why));
          });
  return promise;
}

caf::result<gossip_channel_actor> router_state::find(const find_channel& x) {
  auto i = channels.find(*x.name);
  if (i != channels.end())
    return i->second;
  if (stopping)
    return make_error(errc::stopped, "the node was stopped");
  if (surrogates.size() >= ctx->config.max_surrogate_channels)
    return make_error(errc::too_many_channels,
                      "no more than " + std::to_string(surrogates.size())
                          + " channels that nobody here has joined");
  surrogates.insert(*x.name);
  ctx->write(log_level::info,
             "channel " + quoted(*x.name) + ": relaying as a surrogate");
  return add_channel(*x.name, gossiper_actor{});
}

gossip_channel_actor router_state::add_channel(const std::string& channel,
                                               gossiper_actor gossiper) {
  auto result = spawn_gossip_channel(self->home_system(), ctx, channel,
                                     std::move(gossiper));
  self->monitor(result);
  children.emplace(result.address(), "channel " + quoted(channel));
  channels.emplace(channel, result);
  return result;
}

// -- status

caf::result<mesh_status> router_state::status() {
  if (stopping)
    return make_error(errc::stopped, "the node was stopped");
  const auto& config = ctx->config;
  status_request request;
  auto& known = request.known;
  known.min_protocol_version = config.effective_min_version();
  known.max_protocol_version = config.max_protocol_version;
  known.encryption = !ctx->passwords->get()->empty();
  known.discovery = config.discovery;
  known.name = ctx->self.name;
  known.nickname = ctx->self.nickname;
  known.port = config.port;
  if (started)
    known.uptime = std::chrono::duration_cast<std::chrono::milliseconds>(
      self->clock().now() - started_at);
  for (const auto& x : config.trusted_subnets)
    known.trusted_subnets.push_back(x.str());
  for (const auto& x : channels)
    request.channels.push_back(x.second);
  return self->delegate(spawn_status_query(self->home_system(), ctx),
                        std::move(request));
}

// -- passwords

// Peers with and without encryption refuse each other: between the two there is
// no way that would not cut the mesh in halves.
caf::result<void> router_state::change_passwords(crypto::passwords accepted) {
  if (stopping)
    return make_error(errc::stopped, "the node was stopped");
  auto encrypts = !ctx->passwords->get()->empty();
  if (!encrypts && accepted && !accepted->empty())
    return make_error(errc::bad_setting,
                      "passwords must be none while a node without encryption "
                      "runs, not "
                        + std::to_string(accepted->size()));
  if (encrypts && (!accepted || accepted->empty()))
    return make_error(
      errc::bad_setting,
      "passwords must be 1 or more while a node with encryption "
      "runs, not 0");
  if (!encrypts)
    return caf::unit;
  ctx->write(log_level::info, "passwords have changed, accepted from now on: "
                                + std::to_string(accepted->size()));
  ctx->passwords->set(std::move(accepted));
  warn_of_short_passwords();
  return caf::unit;
}

void router_state::warn_of_short_passwords() const {
  auto all = ctx->passwords->get();
  for (std::size_t i = 0; i < all->size(); ++i)
    if ((*all)[i].size() < crypto::least_password_size)
      ctx->write(log_level::warning,
                 "password " + std::to_string(i + 1) + " of "
                   + std::to_string(all->size()) + " is shorter than "
                   + std::to_string(crypto::least_password_size)
                   + " characters: whoever we dial, or who listens on the way, "
                     "can find it by trying");
}

// -- stop

caf::result<void> router_state::stop() {
  waiting_for_stop.push_back(self->make_response_promise());
  auto promise = waiting_for_stop.back();
  begin_stop();
  return promise;
}

void router_state::begin_stop() {
  if (stopping)
    return;
  stopping = true;
  listening.reset();
  // That our connections go, one after the other, is for nobody to hear: each
  // neighbour finds out by himself, and all at the same time.
  self->send(ctx->topology, announce_through{});
  if (acceptor)
    self->send(acceptor, refuse_connections{});
  self->send(ctx->maker, refuse_connections{});
  if (failure || ctx->config.drain_limit.count() == 0)
    return close_connections();
  self->delayed_send(self, ctx->config.drain_limit, drained_long_enough{});
  drain_channels();
}

void router_state::drain_channels() {
  draining = channels.size();
  auto one_less = [this] {
    if (draining > 0 && --draining == 0)
      finish_connections_now();
  };
  for (const auto& x : channels)
    self->request(x.second, caf::infinite, drain{})
      .then(one_less, [one_less](const caf::error&) { one_less(); });
}

// They still need topology and channels to end well.
void router_state::finish_connections_now() {
  if (acceptor)
    self->send(acceptor, finish_connections{});
  self->send(ctx->maker, finish_connections{});
  end_if_alone();
}

void router_state::close_connections() {
  draining = 0;
  if (acceptor)
    self->send_exit(acceptor, caf::exit_reason::user_shutdown);
  self->send_exit(ctx->maker, caf::exit_reason::user_shutdown);
  end_if_alone();
}

void router_state::stop_channels() {
  if (ctx->overlay)
    self->send_exit(ctx->overlay, caf::exit_reason::user_shutdown);
  self->send_exit(ctx->topology, caf::exit_reason::user_shutdown);
  for (const auto& x : channels)
    self->send_exit(x.second, caf::exit_reason::user_shutdown);
}

void router_state::child_down(const caf::down_msg& x) {
  auto i = children.find(x.source);
  if (i == children.end())
    return;
  if (!stopping) {
    failure =
        make_error(errc::internal, i->second + " ended: " + describe(x.reason));
    ctx->write(log_level::error, describe(failure) + "; the node stops");
    begin_stop();
  }
  children.erase(i);
  end_if_alone();
}

void router_state::end_if_alone() {
  auto connections_gone =
      children.count(ctx->maker.address()) == 0
      && (!acceptor || children.count(acceptor.address()) == 0);
  if (!connections_gone || draining > 0)
    return;
  if (!children.empty())
    return stop_channels();
  for (auto& promise : waiting_for_stop)
    promise.deliver(caf::unit);
  ctx->write(log_level::info, "node " + ctx->self.name.str() + " has stopped");
  self->quit(failure ? failure : caf::error{caf::exit_reason::user_shutdown});
}

// -- behaviour

router_interface::behavior_type
router_behavior(router_interface::stateful_pointer<router_state> self,
                const std::shared_ptr<node_context>& ctx,
                const listener_ptr& listening) {
  auto st = &self->state;
  st->begin(ctx, listening);
  return {
    [st](start_mesh) { return st->start(); },
    [st](stop_mesh) { return st->stop(); },
    [st](drained_long_enough) {
      if (!st->children.empty())
        st->close_connections();
    },
    [st](connect_to& x) -> caf::result<void> {
      if (st->stopping)
        return make_error(errc::stopped, "the node was stopped");
      return st->self->delegate(st->ctx->maker, std::move(x));
    },
    [st](forget& x) -> caf::result<void> {
      if (st->stopping)
        return make_error(errc::stopped, "the node was stopped");
      return st->self->delegate(st->ctx->maker, std::move(x));
    },
    [st](set_passwords& x) {
      return st->change_passwords(std::move(x.accepted));
    },
    [st](const join_channel& x) { return st->join(x); },
    [st](const find_channel& x) { return st->find(x); },
    [st](get_topology) {
      return st->self->delegate(st->ctx->topology, get_topology{});
    },
    [st](subscribe& x) -> caf::result<void> {
      if (st->stopping)
        return make_error(errc::stopped, "the node was stopped");
      if (!x.subscriber)
        return make_error(errc::bad_setting, "a subscriber is needed");
      return st->self->delegate(st->ctx->topology, std::move(x));
    },
    [st](get_status) { return st->status(); },
    [st](get_node) {
      const auto& us = st->ctx->self;
      return node_description{us.name, us.nickname, us.uid, st->address};
    },
  };
}

local_identity make_identity(const settings& config) {
  std::random_device device;
  std::mt19937_64 rng{config.seed ? *config.seed
                                  : (std::uint64_t{device()} << 32) | device()};
  local_identity result;
  auto random_name = [&] {
    bytes raw(config.flavour == name_flavour::mac ? 6 : 16);
    for (auto& x : raw)
      x = static_cast<std::uint8_t>(rng());
    // Locally administered, so that no real card has it.
    raw[0] = static_cast<std::uint8_t>((raw[0] & 0xfc) | 0x02);
    return *peer_name::from_bytes(raw, config.flavour);
  };
  result.name = config.name ? *config.name : random_name();
  result.nickname = config.nickname;
  while (result.uid == peer_uid::none)
    result.uid = peer_uid{
        config.seed ? rng() : (std::uint64_t{device()} << 32) | device()};
  result.alias = short_id{static_cast<std::uint16_t>(rng() % short_id_count)};
  return result;
}

} // namespace

caf::expected<router_actor> spawn_router(caf::actor_system& system,
                                         settings config, transport_ptr sockets,
                                         log_sink_ptr log,
                                         overlay_actor overlay) {
  if (auto err = check(config))
    return err;
  auto ctx = std::make_shared<node_context>();
  ctx->sockets = sockets ? std::move(sockets) : system_transport();
  ctx->log = log ? std::move(log) : make_spdlog_sink();
  ctx->overlay = std::move(overlay);
  auto listening = ctx->sockets->listen(config.host, config.port);
  if (!listening)
    return std::move(listening.error());
  auto bound = host_port::parse((*listening)->local_address());
  if (bound)
    config.port = bound->port;
  ctx->self = make_identity(config);
  config.min_protocol_version = config.effective_min_version();
  ctx->passwords = std::make_shared<current_passwords>(
    std::make_shared<const std::vector<crypto::secret>>(
      std::exchange(config.passwords, {})));
  ctx->config = std::move(config);
  return system.spawn(router_behavior, std::move(ctx), std::move(*listening));
}

caf::expected<gossip_channel_actor> join(caf::actor_system& system,
                                         const router_actor& router,
                                         std::string channel,
                                         gossiper_actor gossiper) {
  caf::scoped_actor self{system};
  caf::expected<gossip_channel_actor> result = caf::error{};
  self
    ->request(router, caf::infinite,
              join_channel{std::move(channel), std::move(gossiper)})
    .receive([&](gossip_channel_actor& x) { result = std::move(x); },
             [&](caf::error& why) { result = std::move(why); });
  return result;
}

} // namespace cafmesh
