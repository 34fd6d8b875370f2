#include <cafmesh/router.hpp>

#include <algorithm>
#include <exception>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <caf/stateful_actor.hpp>

#include "actors/caf_version/process.hpp"
#include "actors/context/stopped.hpp"
#include "actors/core/addresses/host_port.hpp"
#include "actors/node/router_state.hpp"
#include "actors/node/spawn_node.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

router_interface::behavior_type
router_behavior(router_interface::stateful_pointer<router_state> self,
                const std::shared_ptr<node_context>& ctx,
                const listener_ptr& listening) {
  auto st = &self->state;
  st->set_up(ctx, listening);
  return {
    [st](start_mesh) { return st->start(); },
    [st](stop_mesh) { return st->stop(); },
    [st](drained_long_enough) {
      if (!st->children.empty())
        st->close_connections();
    },
    [st](end_idle_surrogates) { st->look_for_idle_surrogates(); },
    [st](periodic_check) { st->check_periodically(); },
    [st](const report_actors& x) { st->actors_reporter = x.from; },
    [st](report_closings_through& x) -> caf::result<closing_listener_actor> {
      if (st->stopping)
        return node_stopped();
      return st->self->delegate(
        caf::actor_cast<closing_topology_actor>(st->ctx->topology),
        std::move(x));
    },
    [st](connect_to& x) -> caf::result<void> {
      if (st->stopping)
        return node_stopped();
      return st->self->delegate(st->ctx->maker, std::move(x));
    },
    [st](forget& x) -> caf::result<void> {
      if (st->stopping)
        return node_stopped();
      return st->self->delegate(st->ctx->maker, std::move(x));
    },
    [st](set_passwords& x) {
      return st->change_passwords(std::move(x.passwords));
    },
    [st](const join_channel& x) { return st->join(x); },
    [st](const find_channel& x) { return st->find(x); },
    [st](const surrogate_began& x) { st->surrogate_has_begun(x); },
    [st](get_topology) {
      return st->self->delegate(st->ctx->topology, get_topology{});
    },
    [st](subscribe& x) -> caf::result<void> {
      if (st->stopping)
        return node_stopped();
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

local_identity make_identity(const settings& config,
                             const std::vector<peer_uid>& past) {
  std::mt19937_64 rng{config.seed ? *config.seed : random_number()};
  local_identity result;
  auto random_name = [&] {
    bytes raw(name_size(config.flavour));
    for (auto& x : raw)
      x = static_cast<std::uint8_t>(rng());
    // Sets the bit that marks a MAC address as locally administered, so that
    // the name differs from the address of any network card.
    raw[0] = static_cast<std::uint8_t>((raw[0] & 0xfc) | 0x02);
    return *peer_name::from_bytes(raw, config.flavour);
  };
  result.name = config.name ? *config.name : random_name();
  result.nickname = config.nickname;
  while (result.uid == peer_uid::none
         || std::find(past.begin(), past.end(), result.uid) != past.end())
    result.uid = peer_uid{config.seed ? rng() : random_number()};
  result.alias = short_id{static_cast<std::uint16_t>(rng() % short_id_count)};
  return result;
}

// Turns the exception of an event loop into an error. The loop cannot start if
// the process has run out of descriptors or threads.
caf::error open_network(node_context& ctx, transport_ptr given) {
  try {
    ctx.sockets = given ? std::move(given) : system_transport();
  } catch (const std::exception& why) {
    return make_error(errc::socket_failed,
                      std::string{"the event loop cannot start: "}
                        + why.what());
  }
  return {};
}

} // namespace

caf::error check_process(caf::actor_system& system) {
  if (caf_version::runs_in_this_process(system))
    return {};
  return make_error(errc::bad_setting,
                    "this actor system belongs to the process that forked "
                    "this one, and runs no actors here; make another one");
}

caf::expected<router_actor> spawn_router(caf::actor_system& system,
                                         settings config, transport_ptr sockets,
                                         log_sink_ptr log,
                                         overlay_actor overlay) {
  return spawn_node(system, std::move(config), std::move(sockets),
                    std::move(log), std::move(overlay),
                    std::make_shared<node_parts>());
}

caf::expected<router_actor> spawn_node(caf::actor_system& system,
                                       settings config, transport_ptr sockets,
                                       log_sink_ptr log, overlay_actor overlay,
                                       std::shared_ptr<node_parts> parts,
                                       const std::vector<peer_uid>& past) {
  if (auto err = check_process(system))
    return err;
  if (auto err = check(config))
    return err;
  auto ctx = std::make_shared<node_context>();
  ctx->parts = std::move(parts);
  if (auto err = open_network(*ctx, std::move(sockets)))
    return err;
  ctx->log = log ? std::move(log) : make_spdlog_sink();
  ctx->parts->set_log(ctx->log);
  ctx->overlay = std::move(overlay);
  auto listening = ctx->sockets->listen(config.host, config.port);
  if (!listening)
    return std::move(listening.error());
  // A node that listens on any free port still dials others on the usual port.
  if (config.port != 0)
    ctx->default_port = config.port;
  auto bound = host_port::parse((*listening)->local_address());
  if (bound)
    config.port = bound->port;
  ctx->self = make_identity(config, past);
  config.min_protocol_version = config.effective_min_version();
  ctx->passwords = std::make_shared<current_passwords>(
    std::make_shared<const std::vector<password>>(
      std::exchange(config.passwords, {})));
  ctx->config = std::move(config);
  return system.spawn(router_behavior, std::move(ctx), std::move(*listening));
}

} // namespace cafmesh
