#include "actors/connection/connection_state.hpp"

#include <utility>

#include "actors/context/closing_parts.hpp"
#include <cafmesh/errc.hpp>

// Ends the connection without losing what either side has sent. Either side may
// give the connection up. New messages take other routes once both sides know
// this. Until then, messages can still arrive on this connection.
namespace cafmesh {

namespace {

// A connection that we give up closes when no message has passed for `quiet`,
// but not before `least` and not after `most`. Within `least`, the remote
// should learn of our new record and send what it has queued.
constexpr std::chrono::seconds least{3};
constexpr std::chrono::seconds quiet{1};
constexpr std::chrono::seconds most{15};

// How long the remote may take to close its side.
constexpr std::chrono::seconds last_part{5};

constexpr std::chrono::milliseconds between_checks{250};

} // namespace

void connection_state::give_up(caf::error why) {
  if (phase != connection_phase::open)
    return finish(std::move(why));
  if (std::exchange(drain, drain_state::ours) != drain_state::none)
    return;
  finish_reason = std::move(why);
  draining_since = now();
  self->delayed_send(self, between_checks, check_drain{});
}

void connection_state::check_our_drain() {
  if (is_closed())
    return;
  const auto t = now();
  const auto time = t - draining_since;
  if (phase == connection_phase::open) {
    const auto is_idle =
      wire_link->output().empty() && t - last_message >= quiet;
    if (time >= most || (time >= least && is_idle))
      finish(finish_reason);
  } else if (time >= last_part) {
    return close(finish_reason);
  }
  self->delayed_send(self, between_checks, check_drain{});
}

// The remote may still read, so waiting output is written first.
void connection_state::remote_ended_output() {
  auto why = make_error(errc::connection_closed, "by the remote");
  if (phase != connection_phase::open || wire_link->output().empty())
    return remote_ended(std::move(why));
  self->send(caf::actor_cast<closing_topology_actor>(ctx->topology),
             closed_by_remote{init.id});
  phase = connection_phase::finishing;
  drain = drain_state::theirs;
  finish_reason = std::move(why);
  draining_since = now();
  self->delayed_send(self, between_checks, check_drain{});
  flush();
}

} // namespace cafmesh
