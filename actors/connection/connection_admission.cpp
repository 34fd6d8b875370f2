#include "actors/connection/connection_state.hpp"

#include <utility>

#include <caf/send.hpp>

#include "actors/core/addresses/host_port.hpp"
#include "actors/core/mesh/peer_label.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

// Admission: turns a remote that has introduced itself into a neighbour.
namespace cafmesh {

void connection_state::introduced() {
  auto theirs =
    wire::parse_introduction(wire_link->remote_features(), ctx->config.flavour);
  if (!theirs)
    return close(std::move(theirs.error()));
  remote_introduction = std::move(*theirs);
  remote = remote_introduction.name;
  if (remote_introduction.takes_holds)
    credit.remote_takes_holds();
  label = "[" + remote_address + "|"
          + peer_label(remote, escaped(remote_introduction.nickname)) + "] ";
  as_stranger.reset();
  frame_share.emplace(ctx->frames, init.id,
                      ip_of(remote_address).value_or(ip_address{}),
                      connection_actor{self});
  if (init.accepted_by)
    self->send(init.accepted_by, remote_authenticated{init.id});
  phase = connection_phase::registering;
  check_password();
  if (ctx->overlay)
    prepare_overlay();
  else
    offer_to_topology();
}

// The overlay_connection has to be ready before the topology admits the
// connection, because other peers may use an admitted connection.
void connection_state::prepare_overlay() {
  prepare_overlay_connection x;
  x.remote = {remote_introduction.name, remote_introduction.nickname,
              remote_introduction.uid, 0, remote_introduction.alias};
  x.local_address = init.socket->local_address();
  x.remote_address = remote_address;
  x.outbound = init.outbound;
  x.uid =
    connection_uid{our_connection_id ^ remote_introduction.connection_half};
  if (wire_link->session_key()
      && !(trusts_remote && remote_introduction.trusted))
    x.session_key =
      std::make_shared<const crypto::key>(*wire_link->session_key());
  x.features = wire_link->remote_features();
  x.host = self;
  preparation = spawn_overlay_preparation(self, ctx->overlay, std::move(x),
                                          preparing_connection_actor{self},
                                          ctx->config.effective_patience());
  self->monitor(preparation);
}

caf::result<void>
connection_state::take_overlay(overlay_connection_actor prepared) {
  if (is_closed())
    return make_error(errc::connection_closed, "while the overlay prepared");
  overlay = std::move(prepared);
  self->monitor(overlay);
  offer_to_topology();
  return caf::unit;
}

void connection_state::offer_to_topology() {
  wire_link->forget_remote_features();
  connection_offer offer;
  offer.id = init.id;
  offer.uid =
    connection_uid{our_connection_id ^ remote_introduction.connection_half};
  offer.remote = remote_introduction;
  offer.remote_address = remote_address;
  offer.outbound = init.outbound;
  offer.may_be_new = init.may_be_new;
  self
    ->request(ctx->topology, caf::infinite,
              add_connection{std::move(offer), connection_actor{self}})
    .then([this](const admission& how) { admitted(how); },
          [this](caf::error& why) { close(std::move(why)); });
}

void connection_state::admitted(const admission& how) {
  if (is_closed())
    return;
  if (early_end)
    return close(std::move(early_end));
  phase = connection_phase::open;
  log_change("connected, protocol version "
             + std::to_string(wire_link->version())
             + (wire_link->encrypted() ? ", encrypted" : ", plain")
             + (how.restarted  ? ", restarted peer"
                : how.new_peer ? ", new peer"
                               : ""));
  self->send(ctx->maker,
             connection_admitted{init.id, connection_actor{self}, init.target,
                                 remote_address, remote});
  if (overlay)
    caf::anon_send(overlay, confirm_overlay{});
  if (!overlay || overlay_works)
    tell_established();
  self->delayed_send(self, ctx->config.heartbeat_interval, keep_alive{});
  wire_link->open();
  last_heard = now();
  take_in(0);
  want_more();
}

// The topology asks for this if it has another connection to the same peer, and
// answers only later.
void connection_state::wait_for_another() {
  waits = true;
  if (early_end && !is_closed())
    remote_ended_early(std::move(early_end));
}

void connection_state::tell_established() {
  overlay_works = true;
  if (is_closed() || phase == connection_phase::registering
      || std::exchange(reported_established, true))
    return;
  self->send(ctx->topology, confirm_connection{init.id});
}

} // namespace cafmesh
