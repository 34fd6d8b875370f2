#include "actors/connection/acceptor.hpp"

#include <memory>
#include <set>
#include <unordered_map>
#include <utility>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/connection/connection.hpp"
#include "actors/context/stopped.hpp"
#include "actors/core/addresses/host_port.hpp"
#include "actors/core/limits/inbound_sources.hpp"
#include "actors/core/limits/line_limit.hpp"
#include "actors/core/limits/refused_remotes.hpp"
#include "actors/core/limits/stranger_limits.hpp"
#include <cafmesh/errc.hpp>

// The acceptor: accepts connections, limits their rate and the number of
// unauthenticated connections, and counts inbound connections by address.
namespace cafmesh {

namespace {

// acceptor -> itself
struct report_due {};

using acceptor_interface = acceptor_actor::extend<caf::reacts_to<report_due>>;

} // namespace

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::report_due)

namespace cafmesh {

namespace {

// The number of connections to accept before other actors get their turn on
// this thread.
constexpr int accepts_a_turn = 64;

// The pause after an error such as running out of descriptors. Without a pause,
// the error would recur immediately.
constexpr auto pause_after_failure = std::chrono::milliseconds{500};

// The pause after connections were closed to make room.
constexpr auto pause_to_close = std::chrono::milliseconds{50};

// The number of connections to close each time descriptors run short.
constexpr std::size_t closed_at_once = 16;

// If descriptors run short, connections are closed only for addresses that have
// at least this many.
constexpr std::size_t least_of_crowded = 16;

// The remote's IP address without its port; `::` if the remote has no IP
// address.
ip_address source_of(const stream_socket& x) {
  auto remote = host_port::parse(x.remote_address());
  if (!remote)
    return ip_address{};
  return ip_address::parse(without_zone(remote->host)).value_or(ip_address{});
}

struct stranger {
  connection_actor connection;
  std::string address;
};

struct acceptor_state {
  explicit acceptor_state(acceptor_interface::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.acceptor";

  void start(context_ptr context, listener_ptr listening);
  void accept();
  void cannot_accept(const caf::error& why);
  std::size_t make_room();
  void judge(socket_ptr socket);
  void spawn_for(socket_ptr socket, connection_id id, bool quiet);
  void evict(connection_id id);
  void no_stranger(connection_id id);
  void report_later();
  void report();
  void down(const caf::actor_addr& source, const caf::error& reason);
  void refuse();
  template <class Message>
  void tell_all(Message what);
  void stop(caf::error why);

  acceptor_interface::pointer self;
  context_ptr ctx;
  listener_ptr from; // null while stopping
  std::optional<stranger_limits> limits;
  bool reporting = false; // whether a `report_due` is on its way
  std::unordered_map<caf::actor_addr, connection_id> connections;
  std::unordered_map<connection_id, stranger> strangers;
  refused_remotes refused;
  inbound_sources sources; // of connections that were not told to close
  bool made_room = false;  // whether nothing was accepted since `make_room`
  line_limit shortages;
  std::size_t all_closed = 0; // connections closed since the last log line
  std::shared_ptr<inbound_lines> lines = std::make_shared<inbound_lines>();
};

void acceptor_state::start(context_ptr context, listener_ptr listening) {
  ctx = std::move(context);
  from = std::move(listening);
  stranger_limits::options opts;
  opts.most = ctx->config.max_strangers;
  opts.most_per_source = ctx->config.max_strangers_per_address;
  opts.burst = ctx->config.accept_burst;
  opts.interval = ctx->config.accept_interval;
  limits.emplace(opts, self->clock().now());
  from->set_owner(self);
  from->want_acceptable();
}

// Accepts all waiting connections, even if some of them are then closed.
// Connections that stayed in the socket's queue would let one flooding address
// delay all others.
void acceptor_state::accept() {
  for (int i = 0; from && i < accepts_a_turn; ++i) {
    auto socket = from->accept();
    if (!socket) {
      cannot_accept(socket.error());
      return;
    }
    made_room = false;
    if (!*socket) {
      from->want_acceptable();
      return;
    }
    judge(std::move(*socket));
  }
  if (from)
    self->send(self, socket_acceptable{});
}

// Descriptors have probably run short. Closes some connections of the address
// that has the most, unless the previous call did so and nothing was accepted
// since.
void acceptor_state::cannot_accept(const caf::error& why) {
  auto closed = std::exchange(made_room, true) ? 0 : make_room();
  if (closed == 0) {
    ctx->write(log_level::error, "cannot accept: " + describe(why));
    self->delayed_send(self, pause_after_failure, socket_acceptable{});
    return;
  }
  all_closed += closed;
  if (shortages.take_line("shortage", self->clock().now()))
    ctx->write(log_level::warning,
               "cannot accept: " + describe(why)
                 + "; closed connections of the addresses that have most, "
                 + std::to_string(std::exchange(all_closed, 0))
                 + " since the last such line. Raise the limit on open files "
                   "if these are honest peers");
  self->delayed_send(self, pause_to_close, socket_acceptable{});
}

std::size_t acceptor_state::make_room() {
  std::set<connection_id> chosen;
  while (chosen.size() < closed_at_once) {
    auto one = sources.to_close(least_of_crowded);
    if (!one)
      break;
    chosen.insert(*one);
    sources.remove(*one);
  }
  for (const auto& [address, id] : connections)
    if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(address);
        ptr && chosen.count(id) > 0)
      self->send(
        caf::actor_cast<connection_actor>(ptr),
        close_connection{make_error(errc::connection_limit,
                                    "descriptors run short, and most inbound "
                                    "connections are from this address")});
  return chosen.size();
}

void acceptor_state::judge(socket_ptr socket) {
  auto id = next_connection_id();
  auto from_where = source_of(*socket);
  auto verdict = limits->arrived(from_where, id, self->clock().now());
  const auto& config = ctx->config;
  if (!verdict.quiet)
    ctx->write(verdict.refused ? log_level::info : log_level::debug,
               "[" + socket->remote_address() + "] "
                 + (verdict.refused
                      ? "refused: more than "
                          + std::to_string(config.accept_burst)
                          + " connections at once and one per "
                          + std::to_string(config.accept_interval.count())
                          + " ms from its address"
                      : "accepted"));
  else
    report_later();
  if (verdict.refused)
    refused.add(socket->remote_address(), to_string(errc::stranger_limit),
                self->clock().now());
  else {
    sources.add(id, from_where);
    spawn_for(std::move(socket), id, verdict.quiet);
  }
  if (verdict.evicted)
    evict(*verdict.evicted);
}

void acceptor_state::spawn_for(socket_ptr socket, connection_id id,
                               bool quiet) {
  connection_start init;
  init.id = id;
  init.socket = std::move(socket);
  init.may_be_new = true;
  init.accepted_by = self;
  init.quiet = quiet;
  init.lines = lines;
  auto address = init.socket->remote_address();
  auto connection = spawn_connection(self, ctx, std::move(init));
  self->monitor(connection);
  connections.emplace(connection.address(), id);
  strangers.emplace(id, stranger{std::move(connection), std::move(address)});
}

void acceptor_state::evict(connection_id id) {
  auto i = strangers.find(id);
  if (i == strangers.end())
    return;
  const auto& config = ctx->config;
  auto why = make_error(
    errc::stranger_limit,
    "more than " + std::to_string(config.max_strangers)
      + " connections that have not introduced themselves, or than "
      + std::to_string(config.max_strangers_per_address) + " from its address");
  refused.add(i->second.address, describe(why), self->clock().now());
  self->send(i->second.connection, close_connection{std::move(why)});
  strangers.erase(i);
}

void acceptor_state::no_stranger(connection_id id) {
  limits->release(id);
  strangers.erase(id);
}

void acceptor_state::report_later() {
  if (!std::exchange(reporting, true))
    self->delayed_send(self, stranger_limits::report_interval, report_due{});
}

void acceptor_state::report() {
  reporting = false;
  if (!limits)
    return;
  for (const auto& x : limits->take_reports())
    ctx->write(log_level::info,
               "[" + x.source + "] " + std::to_string(x.unlogged)
                 + " more connections in the last minute, of which "
                 + std::to_string(x.refused) + " were refused");
}

void acceptor_state::down(const caf::actor_addr& source,
                          const caf::error& reason) {
  auto i = connections.find(source);
  if (i == connections.end())
    return;
  if (auto x = strangers.find(i->second); x != strangers.end() && from)
    refused.add(x->second.address, describe(reason), self->clock().now());
  no_stranger(i->second);
  sources.remove(i->second);
  connections.erase(i);
  if (!from && connections.empty())
    self->quit(caf::exit_reason::user_shutdown);
}

void acceptor_state::refuse() {
  from.reset();
  if (connections.empty())
    self->quit(caf::exit_reason::user_shutdown);
}

template <class Message>
void acceptor_state::tell_all(Message what) {
  for (const auto& x : live_connections(connections))
    self->send(x, what);
}

void acceptor_state::stop(caf::error why) {
  from.reset();
  strangers.clear();
  for (const auto& x : live_connections(connections))
    self->send_exit(x, node_stopped());
  if (connections.empty())
    self->quit(std::move(why));
}

acceptor_interface::behavior_type
acceptor_behavior(acceptor_interface::stateful_pointer<acceptor_state> self,
                  const context_ptr& ctx, const listener_ptr& from) {
  auto st = &self->state;
  st->start(ctx, from);
  caf_version::on_down(self,
                       [st](const caf::actor_addr& who, const caf::error& why) {
                         st->down(who, why);
                       });
  caf_version::on_exit_from(ctx->router, self, [st](caf::error reason) {
    st->stop(std::move(reason));
  });
  return {
    [st](socket_acceptable) { st->accept(); },
    [st](remote_authenticated x) { st->no_stranger(x.id); },
    [st](refuse_connections) { st->refuse(); },
    [st](report_due) { st->report(); },
    [st](finish_connections x) { st->tell_all(x); },
    [st](passwords_changed x) { st->tell_all(x); },
    [st](get_connections) { return live_connections(st->connections); },
    [st](get_inbound_status) {
      return st->refused.status(st->self->clock().now());
    },
  };
}

} // namespace

acceptor_actor spawn_acceptor(caf::local_actor* parent, context_ptr ctx,
                              listener_ptr from) {
  return ctx->parts->add(parent->spawn(acceptor_behavior, ctx, std::move(from)),
                         "acceptor", node_parts::logged_by::router);
}

} // namespace cafmesh
