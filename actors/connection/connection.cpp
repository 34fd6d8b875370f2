#include "actors/connection/connection.hpp"

#include <atomic>
#include <utility>

#include <caf/stateful_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/connection/connection_state.hpp"
#include "actors/context/stopped.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

connection_interface::behavior_type connection_behavior(
  connection_interface::stateful_pointer<connection_state> self,
  const context_ptr& ctx, const connection_start& init) {
  auto st = &self->state;
  st->start(ctx, init);
  caf_version::on_down(self,
                       [st](const caf::actor_addr& who, caf::error reason) {
                         st->somebody_down(who, std::move(reason));
                       });
  caf_version::on_exit(self, [st](caf::error reason) {
    st->close(reason ? std::move(reason) : node_stopped());
  });
  return {
    // CAF tries the handlers in this order, so the most frequent messages come
    // first.
    [st](const transmit& batch) { return st->send(batch); },
    [st](socket_readable) { st->read_turn(); },
    [st](close_connection& x) { st->close(std::move(x.why)); },
    [st](close_if_not_admitted& x) {
      if (st->phase == connection_phase::handshaking
          || st->phase == connection_phase::registering)
        st->close(std::move(x.why));
    },
    [st](finish_connections& x) { st->finish(std::move(x.why)); },
    [st](passwords_changed) { st->check_password(); },
    [st](get_connection_status) { return st->status(); },
    [st](socket_writable) {
      st->writing = false;
      st->flush();
    },
    [st](overlay_established) { st->tell_established(); },
    [st](overlay_failed& x) { st->close(std::move(x.why)); },
    [st](const send_overlay_control& x) { return st->send_control(x); },
    [st](overlay_prepared& x) {
      return st->take_overlay(std::move(x.connection));
    },
    [st](overlay_refused& x) { st->close(std::move(x.why)); },
    [st](read_on) { st->read_turn(); },
    [st, self](keep_alive) {
      if (st->is_closed() || st->is_finishing())
        return;
      st->wire_link->send_heartbeat();
      st->flush();
      self->delayed_send(self, st->ctx->config.heartbeat_interval,
                         keep_alive{});
    },
    [st](check_life) { st->check_deadlines(); },
    [st](probe_remote) { return st->probe(); },
    [st](waits_for_another) { st->wait_for_another(); },
    [st](close_if_dead& x) {
      return st->close_if_still_dead(std::move(x.why));
    },
    [st](drain_connection& x) { st->give_up(std::move(x.why)); },
    [st](check_drain) { st->check_our_drain(); },
    [st](check_probes) { st->check_our_probes(); },
    [st](check_pause) { st->end_long_pause(); },
    [st](check_grace) { st->check_grace_of_password(); },
    [st](check_holds) { st->check_their_holds(); },
    [st](repeat_holds) { st->repeat_our_holds(); },
  };
}

} // namespace

connection_id next_connection_id() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return connection_id{++last};
}

connection_actor spawn_connection(caf::local_actor* parent, context_ptr ctx,
                                  connection_start start) {
  auto what = "connection [" + start.socket->remote_address() + "]";
  return ctx->parts->add(
    parent->spawn(connection_behavior, ctx, std::move(start)), std::move(what));
}

} // namespace cafmesh
