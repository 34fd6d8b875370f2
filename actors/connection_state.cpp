#include "connection_state.hpp"

#include <algorithm>
#include <utility>

#include "../messages/errc.hpp"
#include "../messages/quoted.hpp"
#include "core/host_port.hpp"

namespace cafmesh {

namespace {

// Bytes read before others get their turn on this worker.
constexpr std::size_t bytes_a_turn = 512 * 1024;

// Batches that may be with the channels, unanswered, while we read on.
constexpr std::size_t unanswered_batches = 4;

// What may wait to be written before a `transmit` is no longer answered at
// once.
constexpr std::size_t waiting_output = 512 * 1024;

// Two heartbeats of a Go peer.
constexpr std::chrono::milliseconds original_patience{60'000};

// For the status. Without the overlay's say, ours is to come in time.
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
  if (closing)
    return;
  our_half = ctx->draw_next_seed();
  wire::introduction ours;
  ours.name = ourselves.name;
  ours.nickname = ourselves.nickname;
  ours.uid = ourselves.uid;
  ours.connection_half = our_half;
  ours.alias = ourselves.alias;
  ours.trusted = trusts_remote;
  auto passwords = ctx->passwords->get();
  crypto::handshake_config intro;
  intro.outbound = init.outbound;
  intro.min_version = ctx->config.effective_min_version();
  intro.max_version = ctx->config.max_protocol_version;
  // There may be fewer by now than when it was dialled.
  if (init.password < passwords->size())
    intro.dial_with = init.password;
  intro.accepted = passwords;
  intro.features = wire::to_features(ours);
  intro.features.merge(features); // those that are there already stay
  talk.emplace(std::move(intro),
               passwords->empty() ? crypto::key_pair{}
                                  : crypto::key_pair::random(),
               ctx->config.flavour);
  self->send(self, check_life{});
  flush();
  want_more();
}

void connection_state::close(caf::error why) {
  if (closing)
    return;
  closing = true;
  log(log_level::info, "closed: " + describe(why));
  init.socket.reset();
  for (auto& x : writers)
    x.promise.deliver(
      make_error(errc::no_connection, "closed: " + describe(why)));
  if (overlay)
    self->send_exit(overlay, caf::exit_reason::user_shutdown);
  // What the overlay is making for us has to hear that we are gone.
  if (preparing)
    ended_by = std::move(why);
  else
    self->quit(std::move(why));
}

void connection_state::finish() {
  if (closing || finishing)
    return;
  if (!talk || !talk->is_open())
    return close(make_error(errc::stopped, "the node stops"));
  finishing = true;
  flush();
  want_more();
}

void connection_state::check_deadlines() {
  if (closing)
    return;
  const auto& cfg = ctx->config;
  auto patience = cfg.effective_patience();
  auto t = now();
  if (talk->stage() == crypto::handshake::stage::header) {
    if (t - started >= cfg.header_timeout)
      return close(make_error(errc::timed_out,
                              "no header within "
                                + std::to_string(cfg.header_timeout.count())
                                + " ms"));
  } else if (!talk->is_open() && !registering) {
    if (t - started >= patience)
      return close(make_error(errc::timed_out,
                              "no introduction within "
                                + std::to_string(patience.count()) + " ms"));
  } else if (!may_read()) {
    // The silence is ours: we did not listen.
    last_heard = t;
  } else if (auto limit = silence_limit(); t - last_heard >= limit) {
    return close(make_error(
      errc::timed_out, "silent for " + std::to_string(limit.count()) + " ms"));
  }
  if (writing && t - last_written >= cfg.stall_limit)
    return close(make_error(
      errc::timed_out,
      "took nothing for " + std::to_string(cfg.stall_limit.count()) + " ms"));
  std::chrono::milliseconds shortest =
    std::min({patience, cfg.header_timeout, cfg.stall_limit});
  self->delayed_send(self, std::max(shortest / 8, std::chrono::milliseconds{5}),
                     check_life{});
}

// What waited while we did not listen comes in one go, and says nothing of how
// often it was sent.
void connection_state::note_heartbeat() {
  auto t = now();
  auto gap = t - last_heartbeat;
  auto ours = ctx->config.effective_patience();
  if (gap < ours / 16)
    return;
  last_heartbeat = t;
  quick_heartbeats = gap <= ours ? quick_heartbeats + 1 : 0;
}

// Go peers send their heartbeats each 30 s, whatever our settings are: less
// silence means death only where more often was heard.
std::chrono::milliseconds connection_state::silence_limit() const {
  auto ours = ctx->config.effective_patience();
  return quick_heartbeats >= 2 ? ours : std::max(ours, original_patience);
}

void connection_state::log(log_level level, const std::string& text) const {
  ctx->write(level, label + text);
}

// -- reading

bool connection_state::may_read() const {
  if (finishing)
    return !closing;
  return !closing && !registering && talk && unanswered < unanswered_batches;
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
  auto room = talk->read_room();
  auto got = init.socket->read(room.data, room.size);
  switch (got.status) {
  case io_status::done:
    budget -= std::min(budget, got.size);
    if (!finishing)
      take(got.size);
    if (got.size == room.size)
      return true;
    // A short read has emptied the socket: asking again costs less than
    // finding that out.
    want_more();
    return false;
  case io_status::not_ready:
    want_more();
    return false;
  case io_status::closed:
    remote_ended(make_error(errc::connection_closed, "by the remote"));
    return false;
  case io_status::failed:
    remote_ended(std::move(got.why));
    return false;
  }
  return false;
}

void connection_state::remote_ended(caf::error why) {
  if (finishing)
    return close(make_error(errc::stopped, "the node stops"));
  auto stage = talk->stage();
  // Who cannot open our words says nothing.
  if (init.outbound && stage == crypto::handshake::stage::introduction
      && !ctx->passwords->get()->empty())
    return close(make_error(
      errc::cannot_open, "the remote did not answer our introduction, it may "
                         "have another password: "
                           + describe(why)));
  close(std::move(why));
}

void connection_state::take(std::size_t size) {
  last_heard = now();
  link_intake intake;
  auto failure = talk->received(size, intake);
  traffic.bytes_in += size;
  traffic.frames_in += intake.frames;
  if (intake.heartbeats > 0)
    note_heartbeat();
  flush();
  if (closing)
    return;
  // What came before the failure still counts.
  deliver(std::move(intake));
  if (failure)
    close(std::move(failure));
  else if (!talk->is_open() && !registering
           && talk->stage() == crypto::handshake::stage::done)
    introduced();
}

void connection_state::introduced() {
  auto theirs =
    wire::parse_introduction(talk->remote_features(), ctx->config.flavour);
  if (!theirs)
    return close(std::move(theirs.error()));
  remote_says = std::move(*theirs);
  remote = remote_says.name;
  label = "[" + remote_address + "|" + remote.str() + "("
          + printable(remote_says.nickname) + ")] ";
  if (init.accepted_by)
    self->send(init.accepted_by, stranger_accepted{init.id});
  registering = true;
  if (ctx->overlay)
    prepare_overlay();
  else
    offer_to_topology();
}

// Before the topology knows of the connection: from then on others may use it.
void connection_state::prepare_overlay() {
  prepare_overlay_connection x;
  x.remote = {remote_says.name, remote_says.nickname, remote_says.uid, 0,
              remote_says.alias};
  x.local_address = init.socket->local_address();
  x.remote_address = remote_address;
  x.outbound = init.outbound;
  x.uid = connection_uid{our_half ^ remote_says.connection_half};
  if (talk->session_key() && !(trusts_remote && remote_says.trusted))
    x.session_key = std::make_shared<const crypto::key>(*talk->session_key());
  x.features = talk->remote_features();
  x.host = self;
  preparing = true;
  self->request(ctx->overlay, ctx->config.effective_patience(), std::move(x))
    .then(
      [this](overlay_connection_actor& prepared) {
        preparing = false;
        if (closing) {
          self->send_exit(prepared, caf::exit_reason::user_shutdown);
          return self->quit(std::move(ended_by));
        }
        overlay = std::move(prepared);
        self->monitor(overlay);
        offer_to_topology();
      },
      [this](caf::error& why) {
        preparing = false;
        if (closing)
          return self->quit(std::move(ended_by));
        close(std::move(why));
      });
}

void connection_state::offer_to_topology() {
  connection_offer offer;
  offer.id = init.id;
  offer.uid = connection_uid{our_half ^ remote_says.connection_half};
  offer.remote = remote_says;
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
  registering = false;
  if (closing)
    return;
  log(log_level::info, "connected, protocol version "
                         + std::to_string(talk->version())
                         + (talk->encrypted() ? ", encrypted" : ", plain")
                         + (how.restarted  ? ", restarted peer"
                            : how.new_peer ? ", new peer"
                                           : ""));
  self->send(ctx->maker,
             connection_tied_in{init.id, connection_actor{self}, init.target,
                                remote_address, remote});
  if (overlay)
    self->send(overlay, confirm_overlay{});
  if (!overlay || established_early)
    confirm();
  self->delayed_send(self, ctx->config.heartbeat_interval, keep_alive{});
  talk->open();
  last_heard = now();
  take(0);
  want_more();
}

void connection_state::confirm() {
  if (registering)
    established_early = true;
  if (closing || registering || std::exchange(confirmed, true))
    return;
  self->send(ctx->topology, confirm_connection{init.id});
}

void connection_state::deliver(link_intake intake) {
  if (intake.unknown_tags > 0)
    log(log_level::debug, "ignored " + std::to_string(intake.unknown_tags)
                            + " messages with unknown tags");
  if (intake.ignored_channels > 0)
    log(log_level::debug, "ignored " + std::to_string(intake.ignored_channels)
                            + " messages for channels with endless names");
  if (overlay && !intake.overlay.empty())
    deliver_to_overlay(std::move(intake.overlay));
  for (auto& x : intake.channels) {
    ++unanswered;
    auto batch = deliveries{remote, intake.block, std::move(x.messages)};
    auto& slot = channels[*x.channel];
    if (slot.channel) {
      hand_over(slot.channel, std::move(batch));
    } else {
      slot.waiting.push_back(std::move(batch));
      if (slot.waiting.size() == 1)
        find_channel_of(x.channel);
    }
  }
}

// The last one is answered when all have been handled: our credit to read on.
void connection_state::deliver_to_overlay(std::vector<overlay_message> xs) {
  auto last = std::move(xs.back());
  xs.pop_back();
  for (auto& x : xs)
    self->send(overlay, overlay_control_arrived{x.tag, std::move(x.data)});
  ++unanswered;
  auto go_on = [this] {
    --unanswered;
    want_more();
  };
  self
    ->request(overlay, caf::infinite,
              overlay_control_arrived{last.tag, std::move(last.data)})
    .then(go_on, [go_on](const caf::error&) { go_on(); });
}

void connection_state::find_channel_of(const channel_name& channel) {
  self->request(ctx->router, caf::infinite, find_channel{channel})
    .then(
      [this, channel](const gossip_channel_actor& found) {
        auto& slot = channels[*channel];
        slot.channel = found;
        for (auto& batch : std::exchange(slot.waiting, {}))
          hand_over(found, std::move(batch));
      },
      [this, channel](const caf::error& why) {
        // Once: the remote may go on with as many names as it likes.
        if (!std::exchange(dropped_for_channel, true))
          log(log_level::warning, "dropped what came for channel "
                                    + quoted(*channel) + ": " + describe(why));
        unanswered -= channels[*channel].waiting.size();
        channels.erase(*channel);
        want_more();
      });
}

void connection_state::hand_over(const gossip_channel_actor& to,
                                 deliveries batch) {
  self->request(to, caf::infinite, std::move(batch))
    .then(
      [this] {
        --unanswered;
        want_more();
      },
      [this](caf::error& why) { close(std::move(why)); });
}

// -- writing

caf::result<void> connection_state::send(const transmit& batch) {
  if (closing || finishing)
    return make_error(errc::no_connection, "connection is closing");
  caf::error failure;
  for (const auto& item : batch.items)
    if (auto err = talk->send(*batch.channel, item); err && !failure)
      failure = std::move(err);
  traffic.frames_out += batch.items.size();
  flush();
  if (closing)
    return make_error(errc::no_connection, "connection is closing");
  if (talk->output().size() > waiting_output) {
    writers.push_back({self->make_response_promise(), std::move(failure)});
    return writers.back().promise;
  }
  if (failure)
    return failure;
  return caf::unit;
}

caf::result<void>
connection_state::send_control(const send_overlay_control& x) {
  if (closing || finishing || !talk || !talk->is_open())
    return make_error(errc::no_connection, "connection is not open");
  if (auto why = talk->send_overlay(x.tag, x.data.view()))
    return why;
  ++traffic.frames_out;
  flush();
  return caf::unit;
}

void connection_state::flush() {
  while (!writing && !closing && !talk->output().empty()) {
    auto put = init.socket->write(talk->output());
    switch (put.status) {
    case io_status::done:
      talk->wrote(put.size);
      traffic.bytes_out += put.size;
      last_written = now();
      break;
    case io_status::not_ready:
      writing = true;
      init.socket->want_writable();
      break;
    case io_status::closed:
      return remote_ended(make_error(errc::connection_closed, "by the remote"));
    case io_status::failed:
      return remote_ended(std::move(put.why));
    }
  }
  if (finishing && !closing && talk->output().empty()
      && !std::exchange(wrote_end, true))
    init.socket->end_writing();
  if (closing || talk->output().size() > waiting_output / 2)
    return;
  for (auto& x : std::exchange(writers, {})) {
    if (x.failure)
      x.promise.deliver(std::move(x.failure));
    else
      x.promise.deliver(caf::unit);
  }
}

caf::result<connection_status> connection_state::status() {
  connection_status result;
  result.id = init.id;
  result.remote = remote;
  result.nickname = remote_says.nickname;
  result.address = remote_address;
  result.outbound = init.outbound;
  result.traffic = traffic;
  result.unanswered_batches = static_cast<std::uint32_t>(unanswered);
  result.waiting_writers = static_cast<std::uint32_t>(writers.size());
  result.silent_for =
    std::chrono::duration_cast<std::chrono::milliseconds>(now() - last_heard);
  result.untrusted = !trusts_remote || !remote_says.trusted;
  result.established = confirmed;
  if (talk) {
    result.encrypted = talk->encrypted();
    result.protocol_version = talk->version();
    result.waiting_bytes = talk->output().size();
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
