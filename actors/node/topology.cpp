#include "actors/node/topology.hpp"

#include <utility>

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/node/shared_records.hpp"
#include "actors/node/topology_state.hpp"
#include <cafmesh/errc.hpp>

// The topology actor: its handlers, and updates from other peers.
namespace cafmesh {

void topology_state::start(context_ptr context) {
  ctx = std::move(context);
  mesh_model_options options;
  options.connection_limit = ctx->config.connection_limit;
  options.announcement_interval = ctx->config.announcement_interval;
  options.target_degree = ctx->config.target_degree;
  options.seed = ctx->draw_seed(0x7090'1091u);
  options.sharing = shared_records();
  options.digests = ctx->config.topology_digests;
  model.emplace(ctx->self, std::move(options));
  digests.emplace(ctx->config.gossip_interval);
  log.emplace(ctx->self.name, [this](bool is_warning, const std::string& line) {
    ctx->write(is_warning ? log_level::warning : log_level::info, line);
  });
  caf_version::on_down(self,
                       [this](const caf::actor_addr& who, caf::error reason) {
                         somebody_down(who, std::move(reason));
                       });
}

// -- updates from other peers

caf::expected<applied_update> topology_state::apply(const payload& update,
                                                    wanted_of_update wanted,
                                                    peer_name from) {
  // New records go only to neighbours other than their sender, so a node with a
  // single neighbour need not know which records are new. A neighbour that
  // connects at this moment gets these records with the next gossip.
  if (model->connection_count() <= 1)
    wanted = {false, false};
  // The update may have come over an earlier connection, which drains. It must
  // not count as the neighbour's word on the present one.
  for (const auto& entry : draining)
    if (entry.second.remote.peer == from)
      from = {};
  mesh_model_effects effects;
  model->set_date(std::chrono::system_clock::now());
  auto result =
    model->apply_update(update.view(), now(), effects, wanted, from);
  apply_effects(effects);
  return result;
}

// -- events

void topology_state::add_subscriber(event_subscriber_actor x) {
  self->monitor(x);
  caf::anon_send(x, mesh_description{model->self().name, model->records()});
  subscribers.push_back(std::move(x));
}

// -- behaviour

namespace {

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
      auto applied = st->apply(x.data, {true, false}, x.neighbour);
      if (!applied)
        return std::move(applied.error());
      return std::move(applied->everything);
    },
    [st](const gossip_arrived& x) { return st->gossip_came(x); },
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
    [st](const send_digests& x) {
      for (auto neighbour : x.neighbours)
        if (const auto* to = st->find_neighbour(neighbour))
          st->send_digest(*to);
    },
    [st](announce_through& x) {
      st->silent = !x.channel;
      st->channel = std::move(x.channel);
      st->announce();
    },
    [st](get_topology) {
      return mesh_description{st->model->self().name, st->model->records()};
    },
    [st](const get_discovered_addresses& x) { return st->discover(x); },
    [st](subscribe& x) { st->add_subscriber(std::move(x.subscriber)); },
    [st](publish_due) { st->publish(); },
    [st](topology_tick) { st->tick(); },
    [st](const decide_contest& x) { st->decide(x); },
    [st](report_closings_through& x) {
      return st->report_through(std::move(x.reporter));
    },
    [st](const closings_reported& x) { st->reported(x); },
    [st](closed_by_remote x) {
      auto i = st->find_connection(x.id);
      if (i == st->connections.end())
        return st->closed_early(x.id);
      i->second.closed_by_remote = true;
      const auto who = i->first;
      st->connection_ended(
        who, make_error(errc::connection_closed, "by the remote"));
    },
  };
}

} // namespace

topology_actor spawn_topology(caf::local_actor* parent, context_ptr ctx) {
  return ctx->parts->add(parent->spawn(topology_behavior, ctx), "topology",
                         node_parts::logged_by::router);
}

} // namespace cafmesh
