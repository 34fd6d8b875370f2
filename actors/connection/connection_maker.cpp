#include "actors/connection/connection_maker.hpp"

#include <utility>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/connection/connection.hpp"
#include "actors/connection/connection_maker_state.hpp"
#include "actors/connection/dial_status.hpp"

// The connection maker: carries out what `targets` decides to dial, and watches
// the connections.
namespace cafmesh {

void connection_maker_state::start(context_ptr context) {
  ctx = std::move(context);
  targets::options opts;
  opts.default_port = ctx->default_port;
  opts.initial_interval = ctx->config.retry_initial;
  opts.max_interval = ctx->config.retry_max;
  opts.seed = ctx->draw_seed(0x0d1a'10e5u);
  plan.emplace(opts);
  caf_version::on_down(self,
                       [this](const caf::actor_addr& who, caf::error reason) {
                         down(who, std::move(reason));
                       });
  caf_version::on_exit_from(ctx->router, self,
                            [this](const caf::error&) { stop(); });
  self->send(ctx->topology, watch_views{view_watcher_actor{self}});
}

void connection_maker_state::end_lookups_and_dials(const std::string* only_of) {
  for (const auto& x : lookups_and_dials)
    if (only_of == nullptr || x.second.what.target == *only_of)
      self->send_exit(x.second.actor, caf::exit_reason::user_shutdown);
}

void connection_maker_state::stop() {
  for_each_dialled([this](const connection_actor& x, const known_connection&) {
    self->send_exit(x, node_stopped());
  });
  refuse();
}

void connection_maker_state::refuse() {
  stopping = true;
  end_lookups_and_dials(nullptr);
  quit_when_alone();
}

void connection_maker_state::quit_when_alone() {
  if (stopping && connections.empty() && lookups_and_dials.empty())
    self->quit(caf::exit_reason::user_shutdown);
}

namespace {

maker_interface::behavior_type connection_maker_behavior(
  maker_interface::stateful_pointer<connection_maker_state> self,
  const context_ptr& ctx) {
  auto st = &self->state;
  st->start(ctx);
  return {
    [st](const view_changed&) {
      st->view_is_new = true;
      st->discover_and_dial();
    },
    [](const neighbour_added&) {},
    [](const neighbour_lost&) {},
    [st](start_mesh) {
      st->running = true;
      st->discover_and_dial();
    },
    [st](const connect_to& x) -> caf::result<void> {
      if (auto err = st->plan->want(x.addresses, x.replace, st->now()))
        return err;
      st->discover_and_dial();
      return caf::unit;
    },
    [st](const forget& x) -> caf::result<void> {
      if (auto err = st->plan->forget(x.addresses))
        return err;
      st->discover_and_dial();
      return caf::unit;
    },
    [st](attempt_resolved& x) {
      st->plan->attempt_resolved(x.target, std::move(x.hosts), st->now());
      st->discover_and_dial();
    },
    [st](attempt_failed& x) { st->lookup_failed(x); },
    [st](dial_failed& x) {
      st->failed(x.what, x.why,
                 st->plan->dial_failed(x.what, x.why, st->now()));
      st->discover_and_dial();
    },
    [st](const connection_dialled& x) { st->dialled(x); },
    [st](const connection_admitted& x) { st->added(x); },
    [st](refuse_connections) { st->refuse(); },
    [st](finish_connections x) { st->tell_dialled(x); },
    [st](passwords_changed x) { st->tell_dialled(x); },
    [st](get_connections) { return live_connections(st->connections); },
    [st](get_dial_status) { return status_of(*st->plan, st->now()); },
    [st](scheduled_dial) { st->discover_and_dial(); },
    [st](check_dials) { st->end_long_dials(); },
  };
}

} // namespace

connection_maker_actor spawn_connection_maker(caf::local_actor* parent,
                                              context_ptr ctx) {
  return ctx->parts->add(parent->spawn(connection_maker_behavior, ctx),
                         "connection_maker", node_parts::logged_by::router);
}

} // namespace cafmesh
