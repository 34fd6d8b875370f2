#include "actors/node/router_state.hpp"

#include <algorithm>
#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include "actors/channel/gossip_channel.hpp"
#include "actors/connection/acceptor.hpp"
#include "actors/connection/connection_maker.hpp"
#include "actors/context/stopped.hpp"
#include "actors/core/mesh/peer_label.hpp"
#include "actors/node/status_query.hpp"
#include "actors/node/topology.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

// The start of a node, its channels, its status and its passwords.
namespace cafmesh {

namespace {

// A channel that we only relay ends after this number of gossip intervals
// without a message, but not before `least_idle_time`, because other peers'
// intervals may be longer than ours.
constexpr int idle_intervals = 3;
constexpr auto least_idle_time = std::chrono::seconds{10};

} // namespace

// -- start

void router_state::set_up(std::shared_ptr<node_context> context,
                          listener_ptr from) {
  ctx = std::move(context);
  listening = std::move(from);
  address = listening->local_address();
  caf_version::on_down(
    self, [this](const caf::actor_addr& who, const caf::error& reason) {
      child_down(who, reason);
    });
  caf_version::on_exit(self, [this](const caf::error&) { begin_stop(); });
  ctx->router = self;
  ctx->parts->add_router(ctx->router);
  if (ctx->overlay)
    ctx->parts->add_overlay(ctx->overlay.address());
  // Relayed gossip is remembered for only half of the gossip interval, so that
  // unchanged state is relayed again in each interval.
  ctx->seen = std::make_shared<seen_gossip>(
    duration{ctx->config.gossip_interval} / 2, ctx->draw_seed(0x5105'0647u));
  surrogates.emplace(ctx->config.max_surrogate_channels);
  ctx->topology = spawn_topology(self, ctx);
  ctx->maker = spawn_connection_maker(self, ctx);
  self->monitor(ctx->topology);
  self->monitor(ctx->maker);
  children.emplace(ctx->topology.address(), "topology");
  children.emplace(ctx->maker.address(), "connection_maker");
  self->send(ctx->topology,
             announce_through{add_channel("topology", ctx->topology)});
  if (!ctx->config.peers.empty())
    self->send(ctx->maker, connect_to{ctx->config.peers, false});
  stalls = stall_watch::begin(self->system(), *ctx);
  self->delayed_send(self, stall_watch::interval, periodic_check{});
}

caf::result<void> router_state::start() {
  if (stopping)
    return node_stopped();
  if (started)
    return make_error(errc::already_started, "the node runs already");
  started = true;
  started_at = self->clock().now();
  acceptor = spawn_acceptor(self, ctx, std::exchange(listening, nullptr));
  self->monitor(acceptor);
  children.emplace(acceptor.address(), "acceptor");
  self->send(ctx->maker, start_mesh{});
  ctx->write(log_level::info,
             "node " + peer_label(ctx->self.name, escaped(ctx->self.nickname))
               + " listens on " + address
               + (ctx->passwords->get()->empty() ? ", plain" : ", encrypted"));
  warn_of_short_passwords();
  return caf::unit;
}

// -- channels

caf::result<gossip_channel_actor> router_state::join(const join_channel& x) {
  if (stopping)
    return node_stopped();
  if (!x.gossiper)
    return make_error(errc::bad_setting, "a channel needs a gossiper");
  // A longer name is refused, because cafmesh peers ignore messages on a
  // channel with such a name.
  if (x.name.size() > max_channel_name_size)
    return make_error(errc::too_large, "a channel's name has up to "
                                         + std::to_string(max_channel_name_size)
                                         + " bytes, not "
                                         + std::to_string(x.name.size()));
  auto i = channels.find(x.name);
  if (i == channels.end())
    return add_channel(x.name, x.gossiper);
  // Exempts the channel from the limit on channels that we only relay, so that
  // it does not end to make room for another channel.
  surrogates->remove(x.name);
  auto promise = guarded_promise(self->make_response_promise());
  auto channel = i->second;
  self->request(channel, caf::infinite, adopt_gossiper{x.gossiper})
    .then(
      [this, promise, channel, name = x.name] {
        // Exempts the channel again, because the limit applies to it if an
        // earlier gossiper has ended in the meantime.
        surrogates->remove(name);
        promise->deliver(gossip_channel_actor{channel});
      },
      [promise](caf::error& why) { promise->deliver(std::move(why)); });
  return *promise;
}

caf::result<inner_channel_actor> router_state::find(const find_channel& x) {
  auto i = channels.find(*x.name);
  if (i != channels.end())
    return i->second;
  if (stopping)
    return node_stopped();
  auto now = self->clock().now();
  auto room = surrogates->add(*x.name, x.neighbour, now, ctx->neighbours);
  if (!room.usage)
    return make_error(errc::too_many_channels,
                      "no room for another channel that nobody here has "
                      "joined, the limit is "
                        + std::to_string(ctx->config.max_surrogate_channels));
  if (room.ends)
    end_channel(*room.ends);
  if (auto left_out = lines.take_line(*x.name, now))
    ctx->write(log_level::info, "channel " + escaped_in_quotes(*x.name)
                                  + ": relaying as a surrogate"
                                  + left_out_text(*left_out));
  watch_for_idle_surrogates();
  return add_channel(*x.name, gossiper_actor{}, std::move(room.usage));
}

// A channel whose gossiper has ended is only relayed, and counts against the
// limit on such channels from now on. If there is no room for the channel, it
// ends; the next message for the channel starts it again.
void router_state::surrogate_has_begun(const surrogate_began& x) {
  auto i = channels.find(*x.name);
  if (stopping || i == channels.end() || i->second != x.channel)
    return;
  auto room =
    surrogates->add(*x.name, ctx->self.name, self->clock().now(), 0, x.usage);
  if (room.ends)
    end_channel(*room.ends);
  if (room.usage)
    watch_for_idle_surrogates();
  else
    end_channel(*x.name);
}

void router_state::watch_for_idle_surrogates() {
  if (!std::exchange(looking_for_idle, true))
    self->delayed_send(self, ctx->config.gossip_interval,
                       end_idle_surrogates{});
}

void router_state::look_for_idle_surrogates() {
  auto limit = std::max<duration>(ctx->config.gossip_interval * idle_intervals,
                                  least_idle_time);
  for (const auto& x : surrogates->take_idle(limit, self->clock().now()))
    end_channel(x);
  looking_for_idle = false;
  if (surrogates->size() > 0)
    watch_for_idle_surrogates();
}

void router_state::end_channel(const std::string& channel) {
  auto i = channels.find(channel);
  if (i == channels.end())
    return;
  ending.insert(i->second.address());
  self->send_exit(i->second, caf::exit_reason::user_shutdown);
  channels.erase(i);
}

inner_channel_actor router_state::add_channel(const std::string& channel,
                                              gossiper_actor gossiper,
                                              channel_usage_ptr usage) {
  auto result = spawn_gossip_channel(self, ctx, channel, std::move(gossiper),
                                     sending, std::move(usage));
  self->monitor(result);
  children.emplace(result.address(), "channel " + escaped_in_quotes(channel));
  channels.emplace(channel, result);
  return result;
}

// Warns if nobody can stop the node. An actor system waits for our actors
// before it ends, so a program that has forgotten to stop its node would
// otherwise hang without an explanation.
void router_state::look_for_owners() {
  // The node's context is one owner. If there are more owners, a user still has
  // a handle.
  if (stopping || warned_of_no_owner
      || caf_version::owners_during_timeout(*self) > 1)
    return;
  warned_of_no_owner = true;
  ctx->write(log_level::warning,
             "nobody can stop node " + ctx->self.name.str()
               + ": the program holds no handle of its router, and the actor "
                 "system cannot end before the node does; send stop_mesh "
                 "before the last handle goes");
}

void router_state::check_periodically() {
  stalls->router_ran(self->clock().now());
  look_for_owners();
  self->delayed_send(self, stall_watch::interval, periodic_check{});
}

// -- status

caf::result<mesh_status> router_state::status() {
  if (stopping)
    return node_stopped();
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
    request.channels.emplace_back(x.second);
  request.acceptor = acceptor;
  request.actors = caf::actor_cast<actors_reporter_actor>(actors_reporter);
  return self->delegate(spawn_status_query(self, ctx), std::move(request));
}

// -- passwords

// Refuses to switch encryption on or off in a running mesh. Peers with
// encryption and peers without it refuse each other, so the change would split
// the mesh.
caf::result<void>
router_state::change_passwords(std::vector<password> passwords) {
  if (stopping)
    return node_stopped();
  auto encrypts = !ctx->passwords->get()->empty();
  if (!encrypts && !passwords.empty())
    return make_error(errc::bad_setting,
                      "passwords must be none while a node without encryption "
                      "runs, not "
                        + std::to_string(passwords.size()));
  if (encrypts && passwords.empty())
    return make_error(
      errc::bad_setting,
      "passwords must be 1 or more while a node with encryption "
      "runs, not 0");
  if (!encrypts)
    return caf::unit;
  ctx->write(log_level::info, "passwords have changed, accepted from now on: "
                                + std::to_string(passwords.size()));
  ctx->passwords->set(
    std::make_shared<const std::vector<password>>(std::move(passwords)));
  self->send(ctx->maker, passwords_changed{});
  if (acceptor)
    self->send(acceptor, passwords_changed{});
  warn_of_short_passwords();
  return caf::unit;
}

void router_state::warn_of_short_passwords() const {
  auto all = ctx->passwords->get();
  for (std::size_t i = 0; i < all->size(); ++i)
    if ((*all)[i].size() < least_password_size)
      ctx->write(
        log_level::warning,
        "password " + std::to_string(i + 1) + " of "
          + std::to_string(all->size()) + " is shorter than "
          + std::to_string(least_password_size)
          + " characters: a peer that we dial, or anyone who records the "
            "connection, can guess it");
}

} // namespace cafmesh
