#include "actors/connection/connection_state.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/context/stopped.hpp"
#include "actors/core/addresses/host_port.hpp"
#include "actors/core/limits/line_limit.hpp"
#include <cafmesh/errc.hpp>

// The life of a connection from its start to its end, and its status.
namespace cafmesh {

namespace {

// A Go peer counts as dead only after at least this much silence, which is two
// of its heartbeat intervals.
constexpr std::chrono::milliseconds original_patience{60'000};

// How long we wait for the overlay's part of the status. Must be less than the
// 1 s that the status query waits for our answer.
constexpr auto overlay_answer_time = std::chrono::milliseconds{500};

} // namespace

// -- life

void connection_state::start(context_ptr context, connection_start what) {
  ctx = std::move(context);
  init = std::move(what);
  remote_address = init.socket->remote_address();
  label = "[" + remote_address + "] ";
  if (auto where = host_port::parse(remote_address))
    trusts_remote = ctx->config.trusts(where->host);
  as_stranger.emplace(ctx->held_by_strangers);
  output_share.emplace(ctx->budgets->outputs());
  init.socket->set_owner(self);
  started = last_heard = last_written = now();
  auto fail = [this](caf::error& why) {
    close(std::move(why));
  };
  self->request(ctx->topology, caf::infinite, get_identity{})
    .then(
      [this, fail](const local_identity& ourselves) {
        if (!ctx->overlay)
          return begin(ourselves, {});
        self
          ->request(ctx->overlay, ctx->config.effective_patience(),
                    get_overlay_features{})
          .then(
            [this, ourselves](wire::feature_map& extra) {
              begin(ourselves, std::move(extra));
            },
            fail);
      },
      fail);
}

void connection_state::begin(const local_identity& ourselves,
                             wire::feature_map features) {
  if (is_closed())
    return;
  our_connection_id = ctx->draw_next_seed();
  wire::introduction ours;
  ours.name = ourselves.name;
  ours.nickname = ourselves.nickname;
  ours.uid = ourselves.uid;
  ours.connection_half = our_connection_id;
  ours.alias = ourselves.alias;
  ours.trusted = trusts_remote;
  ours.takes_holds = true;
  ours.digests = ctx->config.topology_digests;
  passwords = ctx->passwords->get();
  crypto::handshake_config intro;
  intro.outbound = init.outbound;
  intro.min_version = ctx->config.effective_min_version();
  intro.max_version = ctx->config.max_protocol_version;
  // The index is checked, because the list of passwords may have become shorter
  // since the dial began.
  if (init.password < passwords->size())
    intro.dial_with = init.password;
  intro.passwords = passwords;
  intro.features = wire::to_features(ours);
  intro.features.merge(features); // does not replace the mesh's own
  wire_link.emplace(std::move(intro),
                    passwords->empty() ? crypto::key_pair{}
                                       : crypto::key_pair::random(),
                    ctx->config.flavour);
  if (!ctx->overlay)
    wire_link->ignore_overlay();
  self->send(self, check_life{});
  flush();
  want_more();
}

void connection_state::close(caf::error why) {
  if (is_closed())
    return;
  phase = connection_phase::closed;
  log_change("closed: " + describe(why));
  init.socket.reset();
  frame_share.reset();
  fail_waiting(why);
  // Stops monitoring the channels. They outlive this connection, and monitors
  // would keep its memory allocated.
  for (const auto& x : channels)
    if (x.second->channel)
      self->demonitor(x.second->channel.address());
  end_reason = std::move(why);
  quit_if_handed_over();
}

// Quits, unless messages still wait for the router to find their channel.
void connection_state::quit_if_handed_over() {
  for (const auto& x : channels)
    if (!x.second->waiting.empty())
      return;
  self->quit(std::move(end_reason));
}

connection_state::~connection_state() {
  if (!is_closed())
    fail_waiting(
      make_error(errc::internal, "the connection's actor has ended"));
}

// Answers all actors that wait for this connection.
void connection_state::fail_waiting(const caf::error& why) {
  auto fail = [&](writer& x) {
    x.promise.deliver(
      make_error(errc::no_connection, "closed: " + describe(why)));
  };
  for (auto& x : writers)
    fail(x);
  for (auto& x : held_writers)
    fail(x.waiting);
  fail_probes();
  if (overlay)
    caf::anon_send_exit(overlay, caf::exit_reason::user_shutdown);
}

void connection_state::somebody_down(const caf::actor_addr& who,
                                     caf::error reason) {
  // Before a normal end, `preparation` reports its result to us. So only an end
  // by `kill` or an exception matters here.
  if (who == preparation && caf_version::is_accident(reason))
    return close(make_error(errc::internal, "the preparation of the overlay "
                                            "ended: "
                                              + describe(reason)));
  if (!overlay || overlay != who)
    return forget_channel(who);
  close(reason ? std::move(reason)
               : make_error(errc::connection_closed, "by the overlay"));
}

void connection_state::finish(caf::error why) {
  finish_reason = why ? std::move(why) : node_stopped();
  switch (phase) {
  case connection_phase::handshaking:
  case connection_phase::registering:
    return close(finish_reason);
  case connection_phase::open:
    phase = connection_phase::finishing;
    draining_since = now();
    flush();
    return want_more();
  case connection_phase::finishing:
  case connection_phase::half_closed:
  case connection_phase::closed:
    return;
  }
}

void connection_state::check_deadlines() {
  if (is_closed())
    return;
  const auto& cfg = ctx->config;
  auto patience = cfg.effective_patience();
  auto t = now();
  if (wire_link->stage() == crypto::handshake::stage::header) {
    if (t - started >= cfg.header_timeout)
      return close(make_error(errc::timed_out,
                              "no header within "
                                + std::to_string(cfg.header_timeout.count())
                                + " ms"));
  } else if (phase == connection_phase::handshaking) {
    if (t - started >= patience)
      return close(make_error(errc::timed_out,
                              "no introduction within "
                                + std::to_string(patience.count()) + " ms"));
  } else if (phase == connection_phase::registering || !may_read()) {
    // Silence does not count here. Before the admission, the remote need not
    // send anything. While we do not read, it may have sent something.
    last_heard = t;
  } else if (auto limit = silence_limit(); t - last_heard >= limit) {
    return close(make_error(
      errc::timed_out, "silent for " + std::to_string(limit.count()) + " ms"));
  }
  if (writing && t - last_written >= cfg.stall_limit)
    return close(make_error(
      errc::timed_out,
      "took nothing for " + std::to_string(cfg.stall_limit.count()) + " ms"));
  if (unanswered > 0 && t - overlay_answered >= cfg.stall_limit)
    return close(make_error(
      errc::timed_out, "the overlay left control messages unanswered for "
                         + std::to_string(cfg.stall_limit.count()) + " ms"));
  std::chrono::milliseconds shortest = std::min(patience, cfg.stall_limit);
  if (phase == connection_phase::handshaking)
    shortest = std::min(shortest, cfg.header_timeout);
  self->delayed_send(self, std::max(shortest / 8, std::chrono::milliseconds{5}),
                     check_life{});
}

// Notes how often the remote sends heartbeats. Ignores a heartbeat right after
// another: both were waiting to be read, so the gap between them is not the
// remote's interval.
void connection_state::note_heartbeat() {
  auto t = now();
  auto gap = t - last_heartbeat;
  auto ours = ctx->config.effective_patience();
  if (gap < ours / 16)
    return;
  last_heartbeat = t;
  quick_heartbeats = gap <= ours ? quick_heartbeats + 1 : 0;
}

// The silence after which the remote counts as dead. Go peers send heartbeats
// every 30 s, whatever our settings are, so a limit below 60 s applies only to
// remotes that have sent heartbeats more often.
std::chrono::milliseconds connection_state::silence_limit() const {
  auto ours = ctx->config.effective_patience();
  return quick_heartbeats >= 2 ? ours : std::max(ours, original_patience);
}

void connection_state::log(log_level level, const std::string& text) const {
  if (init.quiet && as_stranger)
    return;
  ctx->write(level, label + text);
}

// Logs the beginning or the end of the connection. The number of lines is
// limited, because a member that connects again and again could fill the log.
void connection_state::log_change(const std::string& text) const {
  if (as_stranger || !init.lines)
    log(log_level::info, text);
  else if (auto left_out = init.lines->take_line(now()))
    log(log_level::info, text + left_out_text(*left_out));
}

caf::result<connection_status> connection_state::status() {
  connection_status result;
  result.id = init.id;
  result.remote = remote;
  result.nickname = remote_introduction.nickname;
  result.address = remote_address;
  result.outbound = init.outbound;
  result.traffic = traffic;
  result.unanswered_batches =
    static_cast<std::uint32_t>(unanswered + credit.unanswered());
  result.waiting_writers = static_cast<std::uint32_t>(writers.size());
  result.silent_for =
    std::chrono::duration_cast<std::chrono::milliseconds>(now() - last_heard);
  result.untrusted = !trusts_remote || !remote_introduction.trusted;
  result.established = reported_established;
  if (wire_link) {
    result.encrypted = wire_link->encrypted();
    result.protocol_version = wire_link->version();
    result.waiting_bytes = wire_link->output().size();
    result.traffic.frames_out = wire_link->frames_out();
  }
  if (!overlay)
    return result;
  auto answer = self->make_response_promise<connection_status>();
  self->request(overlay, overlay_answer_time, get_overlay_attributes{})
    .then(
      [answer, result](overlay_attributes& x) mutable {
        result.attributes = std::move(x.values);
        answer.deliver(std::move(result));
      },
      [answer, result](const caf::error&) mutable {
        answer.deliver(std::move(result));
      });
  return answer;
}

} // namespace cafmesh
