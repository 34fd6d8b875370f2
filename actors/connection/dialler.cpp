#include "actors/connection/dialler.hpp"

#include <utility>
#include <vector>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/connection/connection.hpp"
#include "actors/core/addresses/host_port.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

struct give_up {};

using dialler_interface = dialler_actor::extend<caf::reacts_to<give_up>>;

} // namespace

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::give_up)

namespace cafmesh {

namespace {

// Covers resolving and connecting; the operating system's own limits are
// minutes.
constexpr auto dial_timeout = std::chrono::seconds{30};

bool stands_for_all(const std::string& host) {
  return host.empty() || host == "0.0.0.0" || host == "::";
}

struct dialler_state {
  explicit dialler_state(dialler_interface::pointer self_ptr) : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.dialler";

  void start(context_ptr context, std::string address, bool new_ones,
             std::size_t with);
  void connect_next();
  void connected(socket_ptr socket);
  void fail(caf::error why);

  dialler_interface::pointer self;
  context_ptr ctx;
  std::string target;
  bool may_be_new = false;
  std::size_t password = 0;
  host_port where;
  std::vector<std::string> addresses; // still to be tried, last first
  caf::error last_failure;
};

void dialler_state::start(context_ptr context, std::string address,
                          bool new_ones, std::size_t with) {
  ctx = std::move(context);
  target = std::move(address);
  may_be_new = new_ones;
  password = with;
  auto parsed = host_port::parse(target);
  if (!parsed)
    return fail(std::move(parsed.error()));
  where = std::move(*parsed);
  self->delayed_send(self, dial_timeout, give_up{});
  ctx->sockets->resolve(where.host, self);
}

void dialler_state::connect_next() {
  if (addresses.empty())
    return fail(std::move(last_failure));
  auto address = std::move(addresses.back());
  addresses.pop_back();
  const auto& from = ctx->config.host;
  ctx->sockets->connect(stands_for_all(from) ? std::string{} : from, address,
                        where.port, self);
}

void dialler_state::connected(socket_ptr socket) {
  connection_start init;
  init.id = next_connection_id();
  init.socket = std::move(socket);
  init.outbound = true;
  init.target = target;
  init.may_be_new = may_be_new;
  init.password = password;
  auto id = init.id;
  auto connection = spawn_connection(self->home_system(), ctx, std::move(init));
  self->send(ctx->maker, connection_dialled{target, id, std::move(connection),
                                            may_be_new, password});
  self->quit();
}

void dialler_state::fail(caf::error why) {
  self->send(ctx->maker, attempt_failed{target, std::move(why)});
  self->quit();
}

dialler_interface::behavior_type
dialler_behavior(dialler_interface::stateful_pointer<dialler_state> self,
                 const context_ptr& ctx, const std::string& target,
                 bool may_be_new, std::size_t password) {
  auto st = &self->state;
  st->start(ctx, target, may_be_new, password);
  return {
    [st](name_resolved& x) {
      st->self->send(st->ctx->maker, attempt_resolved{st->target, x.addresses});
      st->addresses.assign(x.addresses.rbegin(), x.addresses.rend());
      st->connect_next();
    },
    [st](name_unresolved& x) { st->fail(std::move(x.why)); },
    [st](socket_connected& x) { st->connected(std::move(x.socket)); },
    [st](connect_failed& x) {
      st->last_failure = std::move(x.why);
      st->connect_next();
    },
    [st](give_up) {
      st->fail(make_error(errc::timed_out,
                          "no connection within "
                            + std::to_string(dial_timeout.count()) + " s"));
    },
  };
}

} // namespace

dialler_actor spawn_dialler(caf::actor_system& system, context_ptr ctx,
                            std::string target, bool may_be_new,
                            std::size_t password) {
  return system.spawn(dialler_behavior, std::move(ctx), std::move(target),
                      may_be_new, password);
}

} // namespace cafmesh
