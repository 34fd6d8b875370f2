#include "connection.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "../messages/errc.hpp"
#include "core/host_port.hpp"
#include "core/instant.hpp"
#include "core/link.hpp"

namespace cafmesh {

namespace {

// connection -> itself
struct read_on {};    // the turn was over before the socket was empty
struct keep_alive {}; // a heartbeat is due
struct check_life {}; // deadlines are to be looked at

using connection_interface = connection_actor::extend<
    caf::reacts_to<socket_readable>, caf::reacts_to<socket_writable>,
    caf::reacts_to<read_on>, caf::reacts_to<keep_alive>,
    caf::reacts_to<check_life>>;

} // namespace

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::read_on)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::keep_alive)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::check_life)

namespace cafmesh {

namespace {

// Bytes read before others get their turn on this worker.
constexpr std::size_t bytes_a_turn = 512 * 1024;

// Batches that may be with the channels, unanswered, while we read on.
constexpr std::size_t unanswered_batches = 4;

// What may wait to be written before a `transmit` is no longer answered at
// once.
constexpr std::size_t waiting_output = 512 * 1024;

struct connection_state {
  explicit connection_state(connection_interface::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.connection";

  // -- life
  void start(context_ptr context, connection_start init);
  void begin(const local_identity& ourselves);
  void close(caf::error why);
  void check_deadlines();
  void log(log_level level, const std::string& text) const;

  // -- reading
  void read_turn();
  bool read_once(std::size_t& budget);
  void take(std::size_t size);
  void introduced();
  void admitted(const admission& how);
  void deliver(link_intake intake);
  void find_channel_of(const channel_name& name);
  void hand_over(const gossip_channel_actor& to, deliveries batch);
  bool may_read() const;
  void want_more();

  // -- writing
  caf::result<void> send(const transmit& batch);
  void flush();

  connection_status status() const;

  instant now() const {
    return self->clock().now();
  }

  connection_interface::pointer self;
  context_ptr ctx;
  connection_start init;
  std::optional<link> talk;
  std::string remote_address;
  std::string label; // the remote, as the log shows it
  peer_name remote;
  std::string remote_nickname;
  std::uint64_t our_half = 0; // of the connection's UID
  traffic_figures traffic;
  bool trusts_remote = false;
  bool trusted_by_remote = false;

  instant started;
  instant last_heard;
  instant last_written;
  bool closing = false;
  bool registering = false;
  bool reading = false; // something will make us read
  bool writing = false; // the socket will tell us to write
  std::size_t unanswered = 0;

  struct channel_slot {
    gossip_channel_actor channel;
    std::vector<deliveries> waiting; // until the router has found it
  };
  std::unordered_map<std::string, channel_slot> channels;

  struct writer {
    caf::response_promise promise;
    caf::error failure;
  };
  std::vector<writer> writers; // answered when the output has drained
};

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
  self->request(ctx->topology, caf::infinite, get_identity{})
      .then([this](const local_identity& ourselves) { begin(ourselves); },
            [this](caf::error& why) { close(std::move(why)); });
}

void connection_state::begin(const local_identity& ourselves) {
  if (closing)
    return;
  our_half = ctx->draw_seed(value_of(init.id));
  wire::introduction ours;
  ours.name = ourselves.name;
  ours.nickname = ourselves.nickname;
  ours.uid = ourselves.uid;
  ours.connection_half = our_half;
  ours.alias = ourselves.alias;
  ours.trusted = trusts_remote;
  crypto::handshake_config intro;
  intro.outbound = init.outbound;
  intro.min_version = ctx->config.effective_min_version();
  intro.max_version = ctx->config.max_protocol_version;
  intro.accepted = ctx->passwords;
  intro.features = wire::to_features(ours);
  talk.emplace(std::move(intro),
               ctx->passwords->empty() ? crypto::key_pair{}
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
  self->quit(std::move(why));
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
  } else if (t - last_heard >= patience) {
    return close(
        make_error(errc::timed_out,
                   "silent for " + std::to_string(patience.count()) + " ms"));
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

void connection_state::log(log_level level, const std::string& text) const {
  ctx->write(level, label + text);
}

// -- reading

bool connection_state::may_read() const {
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
    close(make_error(errc::connection_closed, "by the remote"));
    return false;
  case io_status::failed:
    close(std::move(got.why));
    return false;
  }
  return false;
}

void connection_state::take(std::size_t size) {
  last_heard = now();
  link_intake intake;
  auto failure = talk->received(size, intake);
  traffic.bytes_in += size;
  traffic.frames_in += intake.frames;
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
  remote = theirs->name;
  remote_nickname = theirs->nickname;
  trusted_by_remote = theirs->trusted;
  label = "[" + remote_address + "|" + remote.str() + "(" + theirs->nickname
          + ")] ";
  if (init.accepted_by)
    self->send(init.accepted_by, stranger_accepted{init.id});
  connection_offer offer;
  offer.id = init.id;
  offer.uid = connection_uid{our_half ^ theirs->connection_half};
  offer.remote = std::move(*theirs);
  offer.remote_address = remote_address;
  offer.outbound = init.outbound;
  offer.may_be_new = init.may_be_new;
  registering = true;
  self->request(ctx->topology, caf::infinite,
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
  self->send(ctx->maker, connection_tied_in{init.id, connection_actor{self},
                                          init.target, remote_address, remote});
  // Without an overlay there is nothing else to confirm.
  self->send(ctx->topology, confirm_connection{init.id});
  self->delayed_send(self, ctx->config.heartbeat_interval, keep_alive{});
  talk->open();
  last_heard = now();
  take(0);
  want_more();
}

void connection_state::deliver(link_intake intake) {
  if (intake.unknown_tags > 0)
    log(log_level::debug, "ignored " + std::to_string(intake.unknown_tags)
                              + " messages with unknown tags");
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
            log(log_level::warning, "dropped what came for channel '" + *channel
                                        + "': " + describe(why));
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
  if (closing)
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
      return close(make_error(errc::connection_closed, "by the remote"));
    case io_status::failed:
      return close(std::move(put.why));
    }
  }
  if (closing || talk->output().size() > waiting_output / 2)
    return;
  for (auto& x : std::exchange(writers, {})) {
    if (x.failure)
      x.promise.deliver(std::move(x.failure));
    else
      x.promise.deliver(caf::unit);
  }
}

connection_status connection_state::status() const {
  connection_status result;
  result.id = init.id;
  result.remote = remote;
  result.nickname = remote_nickname;
  result.address = remote_address;
  result.outbound = init.outbound;
  result.traffic = traffic;
  result.unanswered_batches = static_cast<std::uint32_t>(unanswered);
  result.waiting_writers = static_cast<std::uint32_t>(writers.size());
  result.silent_for =
    std::chrono::duration_cast<std::chrono::milliseconds>(now() - last_heard);
  result.untrusted = !trusts_remote || !trusted_by_remote;
  if (talk) {
    result.established = talk->is_open();
    result.encrypted = talk->encrypted();
    result.protocol_version = talk->version();
    result.waiting_bytes = talk->output().size();
  }
  return result;
}

connection_interface::behavior_type connection_behavior(
    connection_interface::stateful_pointer<connection_state> self,
    const context_ptr& ctx, const connection_start& init) {
  auto st = &self->state;
  st->start(ctx, init);
  self->set_exit_handler([st](caf::exit_msg& x) {
    st->close(x.reason ? std::move(x.reason)
                       : make_error(errc::stopped, "the node stops"));
  });
  return {
      [st](const transmit& batch) { return st->send(batch); },
      [st](close_connection& x) { st->close(std::move(x.why)); },
      [st](get_connection_status) { return st->status(); },
      [st](socket_readable) { st->read_turn(); },
      [st](socket_writable) {
        st->writing = false;
        st->flush();
      },
      [st](read_on) { st->read_turn(); },
      [st, self](keep_alive) {
        if (st->closing)
          return;
        st->talk->send_heartbeat();
        st->flush();
        self->delayed_send(self, st->ctx->config.heartbeat_interval,
                           keep_alive{});
      },
      [st](check_life) { st->check_deadlines(); },
  };
}

} // namespace

connection_id next_connection_id() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return connection_id{++last};
}

connection_actor spawn_connection(caf::actor_system& system, context_ptr ctx,
                                  connection_start start) {
  return system.spawn(connection_behavior, std::move(ctx), std::move(start));
}

} // namespace cafmesh
