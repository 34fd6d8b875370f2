#include "actors/connection/dialler.hpp"

#include <utility>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/connection/connection.hpp"
#include "actors/core/addresses/host_port.hpp"
#include <cafmesh/errc.hpp>

// The lookup, which finds the addresses of a target, and the dialler, which
// dials one address.
namespace cafmesh {

namespace {

bool stands_for_all(const std::string& host) {
  return host.empty() || host == "0.0.0.0" || host == "::";
}

caf::error timed_out(const char* what) {
  return make_error(errc::timed_out, std::string{what} + " within "
                                       + std::to_string(dial_timeout.count())
                                       + " s");
}

// -- lookups

struct lookup_state {
  explicit lookup_state(timed_dialler_actor::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.lookup";

  void start(context_ptr context, std::string what);
  void found(std::vector<std::string> hosts);
  void fail(caf::error why);

  timed_dialler_actor::pointer self;
  context_ptr ctx;
  std::string target;
};

void lookup_state::start(context_ptr context, std::string what) {
  ctx = std::move(context);
  target = std::move(what);
  auto parsed = host_port::parse(target);
  if (!parsed)
    return fail(std::move(parsed.error()));
  ctx->sockets->resolve(parsed->host, self);
}

void lookup_state::found(std::vector<std::string> hosts) {
  self->send(ctx->maker, attempt_resolved{target, std::move(hosts)});
  self->quit();
}

void lookup_state::fail(caf::error why) {
  self->send(ctx->maker, attempt_failed{target, std::move(why)});
  self->quit();
}

timed_dialler_actor::behavior_type
lookup_behavior(timed_dialler_actor::stateful_pointer<lookup_state> self,
                const context_ptr& ctx, const std::string& target) {
  auto st = &self->state;
  st->start(ctx, target);
  return {
    [st](name_resolved& x) { st->found(std::move(x.addresses)); },
    [st](name_unresolved& x) { st->fail(std::move(x.why)); },
    [](const socket_connected&) {},
    [](const connect_failed&) {},
    [st](give_up) { st->fail(timed_out("no answer about the name")); },
  };
}

// -- dials

struct dialler_state {
  explicit dialler_state(timed_dialler_actor::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.dialler";

  void start(context_ptr context, targets::dial what_to_dial);
  void connected(socket_ptr socket);
  void fail(caf::error why);

  timed_dialler_actor::pointer self;
  context_ptr ctx;
  targets::dial what;
};

void dialler_state::start(context_ptr context, targets::dial what_to_dial) {
  ctx = std::move(context);
  what = std::move(what_to_dial);
  auto where = host_port::parse(what.address);
  if (!where)
    return fail(std::move(where.error()));
  const auto& from = ctx->config.host;
  ctx->sockets->connect(stands_for_all(from) ? std::string{} : from,
                        where->host, where->port, self);
}

void dialler_state::connected(socket_ptr socket) {
  connection_start init;
  init.id = next_connection_id();
  init.socket = std::move(socket);
  init.outbound = true;
  init.target = what.target;
  init.may_be_new = what.may_be_new;
  init.password = what.password;
  auto id = init.id;
  auto connection = spawn_connection(self, ctx, std::move(init));
  self->send(ctx->maker, connection_dialled{what, id, std::move(connection)});
  self->quit();
}

void dialler_state::fail(caf::error why) {
  self->send(ctx->maker, dial_failed{what, std::move(why)});
  self->quit();
}

timed_dialler_actor::behavior_type
dialler_behavior(timed_dialler_actor::stateful_pointer<dialler_state> self,
                 const context_ptr& ctx, const targets::dial& what) {
  auto st = &self->state;
  st->start(ctx, what);
  return {
    [](const name_resolved&) {},
    [](const name_unresolved&) {},
    [st](socket_connected& x) { st->connected(std::move(x.socket)); },
    [st](connect_failed& x) { st->fail(std::move(x.why)); },
    [st](give_up) { st->fail(timed_out("no connection")); },
  };
}

} // namespace

timed_dialler_actor spawn_lookup(caf::local_actor* parent, context_ptr ctx,
                                 std::string target) {
  auto what = "lookup [" + target + "]";
  return ctx->parts->add(parent->spawn(lookup_behavior, ctx, std::move(target)),
                         std::move(what));
}

timed_dialler_actor spawn_dialler(caf::local_actor* parent, context_ptr ctx,
                                  targets::dial what) {
  auto name = "dialler [" + what.address + "]";
  return ctx->parts->add(parent->spawn(dialler_behavior, ctx, std::move(what)),
                         std::move(name));
}

} // namespace cafmesh
