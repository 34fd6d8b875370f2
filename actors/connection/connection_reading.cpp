#include "actors/connection/connection_state.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/context/closing_parts.hpp"
#include "actors/core/gossip/blame.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

// Reads from the socket, and hands the messages to the channels and the
// overlay.
namespace cafmesh {

namespace {

// The number of bytes to read before other actors get their turn on this
// thread.
constexpr std::size_t bytes_a_turn = 512 * 1024;

// The maximum number of bytes kept from a remote before its admission. They are
// read only to find out whether the remote has closed the connection.
constexpr std::size_t kept_while_registering = 64 * 1024;

// The connection does not read while the overlay has left this number of
// batches unanswered.
constexpr std::size_t unanswered_batches = 4;

// The number of input bytes from the first message of a batch to the end of the
// last.
std::size_t size_of(const deliveries& x) {
  const auto& last = x.messages.back();
  return last.message_offset + last.message_size
         - x.messages.front().message_offset;
}

} // namespace

bool connection_state::may_read() const {
  switch (phase) {
  case connection_phase::handshaking:
  case connection_phase::open:
    return wire_link && unanswered < unanswered_batches && credit.may_read();
  case connection_phase::registering:
    return !early_end && wire_link->held_for_frame() < kept_while_registering;
  case connection_phase::finishing:
  case connection_phase::half_closed:
    return drain == drain_state::none
           || (drain == drain_state::ours && unanswered < unanswered_batches
               && credit.may_read());
  case connection_phase::closed:
    return false;
  }
  return false;
}

void connection_state::want_more() {
  if (reading || !may_read())
    return;
  reading = true;
  init.socket->want_readable();
}

void connection_state::read_turn() {
  reading = false;
  std::size_t budget = bytes_a_turn;
  while (may_read() && budget > 0)
    if (!read_once(budget))
      return;
  if (may_read()) {
    reading = true;
    self->send(self, read_on{});
  }
}

bool connection_state::read_once(std::size_t& budget) {
  if (as_stranger && !as_stranger->grow_to(wire_link->room_wanted())) {
    close(make_error(errc::stranger_limit,
                     "no room for more of its introduction: remotes that have "
                     "not introduced themselves hold "
                       + std::to_string(unauthenticated_quota::for_all)
                       + " bytes as it is"));
    return false;
  }
  note_frame(false);
  if (is_closed())
    return false;
  auto room = wire_link->read_room();
  auto got = init.socket->read(room.data, room.size);
  switch (got.status) {
  case io_status::done:
    budget -= std::min(budget, got.size);
    if (takes_input())
      take_in(got.size);
    if (got.size == room.size)
      return true;
    // The read returned less than asked for, so the socket is empty. Waiting
    // for more costs less than another read, which would find nothing.
    want_more();
    return false;
  case io_status::not_ready:
    wire_link->received_nothing();
    want_more();
    return false;
  case io_status::closed:
    remote_ended_output();
    return false;
  case io_status::failed:
    remote_ended(std::move(got.why));
    return false;
  }
  return false;
}

void connection_state::remote_ended(caf::error why) {
  if (is_finishing())
    return close(finish_reason);
  if (is(why, errc::connection_closed))
    self->send(caf::actor_cast<closing_topology_actor>(ctx->topology),
               closed_by_remote{init.id});
  if (is_offered())
    return remote_ended_early(std::move(why));
  auto stage = wire_link->stage();
  // A remote that cannot decrypt our frame closes the connection without an
  // answer, so a wrong password is the likely reason.
  if (init.outbound && stage == crypto::handshake::stage::introduction
      && !ctx->passwords->get()->empty())
    return close(make_error(
      errc::cannot_open, "the remote did not answer our introduction, it may "
                         "have another password: "
                           + describe(why)));
  close(std::move(why));
}

// A remote that refuses the connection may end it before our topology answers.
// If the topology refuses it too, its reason says more than that the remote has
// gone, so we wait for the answer.
void connection_state::remote_ended_early(caf::error why) {
  early_end = std::move(why);
  if (waits)
    close(make_error(errc::multiple_connections,
                     "the remote did not wait for the end of the other one: "
                       + describe(early_end)));
}

void connection_state::take_in(std::size_t size) {
  last_heard = now();
  link_intake intake;
  auto failure = wire_link->received(size, intake);
  credit.read(size);
  traffic.bytes_in += size;
  traffic.frames_in += intake.frames;
  if (intake.heartbeats > 0)
    note_heartbeat();
  flush();
  if (is_closed())
    return;
  // Messages before the failure are still valid, so they are delivered.
  auto frames = intake.frames;
  if (!intake.channels.empty() || !intake.overlay.empty())
    last_message = last_heard;
  deliver(std::move(intake));
  if (failure)
    close(std::move(failure));
  else if (phase == connection_phase::handshaking
           && wire_link->stage() == crypto::handshake::stage::done)
    introduced();
  if (!is_closed())
    note_frame(frames > 0);
}

// Counts the memory of an incomplete frame.
// @param is_new whether a frame was completed since the last call
void connection_state::note_frame(bool is_new) {
  auto size = wire_link->held_for_frame();
  if (is_new || size == 0)
    frame_begun = last_heard;
  if (!frame_share)
    return;
  for (const auto& x : frame_share->set(size, frame_begun, last_heard)) {
    auto why = make_error(
      errc::too_large,
      "neighbours hold more than " + std::to_string(frame_limit::usual_limit)
        + " bytes in incomplete frames, and this one has long been incomplete, "
          "or most are from this address");
    if (x.address() == self->address())
      close(std::move(why));
    else
      self->send(x, close_connection{std::move(why)});
  }
}

void connection_state::deliver(link_intake intake) {
  if (intake.unknown_tags > 0)
    log(log_level::debug, "ignored " + std::to_string(intake.unknown_tags)
                            + " messages with unknown tags");
  if (intake.ignored_overlay > 0)
    log(log_level::debug, "ignored " + std::to_string(intake.ignored_overlay)
                            + " messages for an overlay, there is none");
  if (intake.ignored_channels > 0)
    log(log_level::debug, "ignored " + std::to_string(intake.ignored_channels)
                            + " messages for channels with endless names");
  take_holds(intake.holds);
  if (overlay && !intake.overlay.empty())
    deliver_to_overlay(std::move(intake.overlay));
  std::vector<slot_ptr> slow;
  for (auto& x : intake.channels) {
    auto known = slot_of(x.channel);
    if (known->credit.is_bypassed()) {
      if (known->channel)
        self->send(known->channel, channel_bypassed{remote, x.messages.size()});
      continue;
    }
    auto batch = deliveries{remote, intake.block, std::move(x.messages)};
    if (credit.batch_sent(known->credit, size_of(batch), last_heard))
      slow.push_back(known);
    if (known->channel)
      hand_over(known, std::move(batch));
    else
      known->waiting.push_back(std::move(batch));
  }
  for (const auto& x : slow)
    tell_hold(*x, true);
  watch_pause();
}

const connection_state::slot_ptr&
connection_state::slot_of(const channel_name& channel) {
  auto& known = channels[*channel];
  if (!known) {
    known = std::make_shared<channel_slot>();
    known->name = channel;
    if (*channel == topology_channel)
      known->credit = reading_credit::channel::of_topology();
    find_channel_of(channel, known);
  }
  return known;
}

// Only the last message is sent as a request. Its answer means that the overlay
// has handled all of them.
void connection_state::deliver_to_overlay(std::vector<overlay_message> xs) {
  auto last = std::move(xs.back());
  xs.pop_back();
  for (auto& x : xs)
    caf::anon_send(overlay,
                   overlay_control_arrived{static_cast<overlay_tag>(x.tag),
                                           std::move(x.data)});
  if (unanswered++ == 0)
    overlay_answered = now();
  auto go_on = [this] {
    --unanswered;
    overlay_answered = now();
    want_more();
  };
  self
    ->request(overlay, caf::infinite,
              overlay_control_arrived{static_cast<overlay_tag>(last.tag),
                                      std::move(last.data)})
    .then(go_on, [go_on](const caf::error&) { go_on(); });
}

void connection_state::find_channel_of(const channel_name& channel,
                                       const slot_ptr& known) {
  self->request(ctx->router, caf::infinite, find_channel{channel, remote})
    .then(
      [this, known](const inner_channel_actor& found) {
        known->channel = found;
        for (auto& batch : std::exchange(known->waiting, {}))
          hand_over(known, std::move(batch));
        if (is_closed())
          return quit_if_handed_over();
        self->monitor(found);
      },
      [this, channel, known](const caf::error& why) {
        // Writes only one log line per connection, because the remote can make
        // up any number of channel names.
        if (!std::exchange(dropped_for_channel, true))
          log(log_level::warning, "dropped what came for channel "
                                    + escaped_in_quotes(*channel) + ": "
                                    + describe(why));
        for (const auto& batch : known->waiting)
          give_back(*known, size_of(batch));
        channels.erase(*channel);
        if (is_closed())
          return quit_if_handed_over();
        want_more();
      });
}

void connection_state::hand_over(const slot_ptr& to, deliveries batch) {
  auto size = size_of(batch);
  self->request(to->channel, caf::infinite, std::move(batch))
    .then(
      [this, to, size] {
        give_back(*to, size);
        want_more();
      },
      [this, to, size](caf::error& why) {
        give_back(*to, size);
        if (!is(why, errc::stopped) && !caf_version::receiver_has_ended(why))
          return close(std::move(why));
        forget_channel(to->channel.address());
        want_more();
      });
}

// Forgets a channel that has ended. When the next message for the channel
// arrives, we ask the router for the channel again.
void connection_state::forget_channel(const caf::actor_addr& who) {
  for (auto i = channels.begin(); i != channels.end(); ++i)
    if (i->second->channel == who) {
      channels.erase(i);
      return;
    }
}

void connection_state::watch_pause() {
  if (credit.may_read() || std::exchange(watching_pause, true))
    return;
  self->delayed_send(self, reading_credit::check_interval, check_pause{});
}

// Ends a pause in reading that has taken too long. From now on, messages for
// the channels that caused the pause are dropped. The channel `topology` is
// exempt, because it always answers and routes depend on it.
void connection_state::end_long_pause() {
  watching_pause = false;
  if (is_closed() || credit.may_read())
    return;
  if (auto t = now(); credit.is_too_long(t))
    for (const auto& [text, known] : channels)
      if (text != topology_channel && known->credit.is_waited_for())
        credit.bypass(known->credit, t);
  want_more();
  watch_pause();
}

} // namespace cafmesh
