#include "actors/connection/acceptor.hpp"

#include <deque>
#include <unordered_map>
#include <utility>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/connection/connection.hpp"
#include "actors/context/stopped.hpp"
#include "actors/core/limits/token_bucket.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

// After an error such as running out of descriptors, which would recur at once.
constexpr auto pause_after_failure = std::chrono::milliseconds{500};

struct acceptor_state {
  explicit acceptor_state(acceptor_actor::pointer self_ptr) : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.acceptor";

  void start(context_ptr context, listener_ptr listening);
  void accept();
  void spawn_for(socket_ptr socket);
  void no_stranger(connection_id id);
  void limit_strangers();
  void down(const caf::actor_addr& source);
  void refuse();
  void finish();
  void stop(caf::error why);

  acceptor_actor::pointer self;
  context_ptr ctx;
  listener_ptr from; // null: stopping
  std::optional<token_bucket> tokens;
  bool has_token = false; // taken from the bucket and not used yet
  std::unordered_map<caf::actor_addr, connection_id> connections;
  struct stranger {
    connection_id id;
    connection_actor connection;
  };
  std::deque<stranger> strangers; // oldest first
};

void acceptor_state::start(context_ptr context, listener_ptr listening) {
  ctx = std::move(context);
  from = std::move(listening);
  tokens.emplace(ctx->config.accept_burst, ctx->config.accept_interval,
                 self->clock().now());
  from->set_owner(self);
  from->want_acceptable();
}

void acceptor_state::accept() {
  while (from) {
    auto now = self->clock().now();
    has_token = has_token || tokens->take(now);
    if (!has_token) {
      self->delayed_send(self, tokens->next_token() - now, socket_acceptable{});
      return;
    }
    auto socket = from->accept();
    if (!socket) {
      ctx->write(log_level::error,
                 "cannot accept: " + describe(socket.error()));
      self->delayed_send(self, pause_after_failure, socket_acceptable{});
      return;
    }
    if (!*socket) {
      from->want_acceptable();
      return;
    }
    has_token = false;
    spawn_for(std::move(*socket));
  }
}

void acceptor_state::spawn_for(socket_ptr socket) {
  ctx->write(log_level::debug, "[" + socket->remote_address() + "] accepted");
  connection_start init;
  init.id = next_connection_id();
  init.socket = std::move(socket);
  init.may_be_new = true;
  init.accepted_by = self;
  auto id = init.id;
  auto connection = spawn_connection(self->home_system(), ctx, std::move(init));
  self->monitor(connection);
  connections.emplace(connection.address(), id);
  strangers.push_back({id, std::move(connection)});
  limit_strangers();
}

void acceptor_state::limit_strangers() {
  while (strangers.size() > ctx->config.max_strangers) {
    self->send(strangers.front().connection,
               close_connection{make_error(
                 errc::connection_limit,
                 "more than " + std::to_string(ctx->config.max_strangers)
                   + " connections that have not introduced themselves")});
    strangers.pop_front();
  }
}

void acceptor_state::no_stranger(connection_id id) {
  for (auto i = strangers.begin(); i != strangers.end(); ++i)
    if (i->id == id) {
      strangers.erase(i);
      return;
    }
}

void acceptor_state::down(const caf::actor_addr& source) {
  auto i = connections.find(source);
  if (i == connections.end())
    return;
  no_stranger(i->second);
  connections.erase(i);
  if (!from && connections.empty())
    self->quit(caf::exit_reason::user_shutdown);
}

void acceptor_state::refuse() {
  from.reset();
  if (connections.empty())
    self->quit(caf::exit_reason::user_shutdown);
}

void acceptor_state::finish() {
  for (const auto& x : live_connections(connections))
    self->send(x, finish_connections{});
}

void acceptor_state::stop(caf::error why) {
  from.reset();
  strangers.clear();
  for (const auto& x : live_connections(connections))
    self->send_exit(x, node_stopped());
  if (connections.empty())
    self->quit(std::move(why));
}

acceptor_actor::behavior_type
acceptor_behavior(acceptor_actor::stateful_pointer<acceptor_state> self,
                  const context_ptr& ctx, const listener_ptr& from) {
  auto st = &self->state;
  st->start(ctx, from);
  caf_version::on_down(self, [st](const caf::actor_addr& who,
                                  const caf::error&) { st->down(who); });
  caf_version::on_exit(
    self, [st](caf::error reason) { st->stop(std::move(reason)); });
  return {
    [st](socket_acceptable) { st->accept(); },
    [st](remote_authenticated x) { st->no_stranger(x.id); },
    [st](refuse_connections) { st->refuse(); },
    [st](finish_connections) { st->finish(); },
    [st](get_connections) { return live_connections(st->connections); },
  };
}

} // namespace

acceptor_actor spawn_acceptor(caf::actor_system& system, context_ptr ctx,
                              listener_ptr from) {
  return system.spawn(acceptor_behavior, std::move(ctx), std::move(from));
}

} // namespace cafmesh
