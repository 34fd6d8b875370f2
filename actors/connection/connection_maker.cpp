#include "actors/connection/connection_maker.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/connection/connection.hpp"
#include "actors/connection/dialler.hpp"
#include "actors/context/stopped.hpp"
#include "actors/core/dialling/targets.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

// connection_maker -> itself
struct look_again {};

using maker_interface =
  connection_maker_actor::extend<caf::reacts_to<look_again>>;

} // namespace

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::look_again)

namespace cafmesh {

namespace {

// Other peers can announce any number of addresses. Dialling all of them at
// once would use up our descriptors and attack third parties.
constexpr std::size_t dials_at_once = 64;

struct connection_maker_state {
  explicit connection_maker_state(maker_interface::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.connection_maker";

  void start(context_ptr context);
  void look();
  void dial(const std::vector<std::string>& discovered);
  void spawn_dial(const std::string& target, bool may_be_new,
                  std::size_t password);
  void schedule();
  void failed(attempt_failed& x);
  void dialled(const connection_dialled& x);
  void added(const connection_admitted& x);
  struct watched;
  bool dial_with_next_password(const watched& x, const caf::error& why);
  void down(const caf::actor_addr& who, caf::error reason);
  template <class F>
  void for_each_dialled(F f);
  void refuse();
  void finish();
  void stop();
  void quit_when_alone();
  dial_status status() const;

  instant now() const {
    return self->clock().now();
  }

  maker_interface::pointer self;
  context_ptr ctx;
  std::optional<targets> plan;
  bool running = false;
  bool stopping = false;
  bool asking = false; // the topology for discovered addresses
  bool ask_again = false;
  std::optional<instant> next_look;

  struct watched {
    connection_id id;
    std::string target;
    bool is_tied_in = false;
    bool may_be_new = false;
    std::size_t password = 0;
  };
  std::unordered_map<caf::actor_addr, watched> connections;
  std::unordered_map<caf::actor_addr, std::string>
    diallers; // address -> target
};

void connection_maker_state::start(context_ptr context) {
  ctx = std::move(context);
  targets::options opts;
  opts.default_port = ctx->config.port;
  opts.initial_interval = ctx->config.retry_initial;
  opts.max_interval = ctx->config.retry_max;
  opts.seed = ctx->draw_seed(0x0d1a'10e5u);
  plan.emplace(opts);
  caf_version::on_down(self,
                       [this](const caf::actor_addr& who, caf::error reason) {
                         down(who, std::move(reason));
                       });
  caf_version::on_exit(self, [this](const caf::error&) { stop(); });
  self->send(ctx->topology, watch_views{view_watcher_actor{self}});
}

void connection_maker_state::look() {
  if (!running || stopping)
    return;
  if (!ctx->config.discovery)
    return dial({});
  if (asking) {
    ask_again = true;
    return;
  }
  asking = true;
  self->request(ctx->topology, caf::infinite, get_discovered_addresses{})
    .then(
      [this](const std::vector<std::string>& found) {
        asking = false;
        dial(found);
        if (std::exchange(ask_again, false))
          look();
      },
      [this](const caf::error&) { asking = false; });
}

void connection_maker_state::dial(const std::vector<std::string>& discovered) {
  if (stopping)
    return;
  std::size_t tied_in = 0;
  for (const auto& x : connections)
    tied_in += x.second.is_tied_in ? 1u : 0u;
  auto limit = ctx->config.connection_limit;
  auto room = limit == 0 ? SIZE_MAX : limit > tied_in ? limit - tied_in : 0;
  room = std::min(room, dials_at_once);
  for (auto& x : plan->due(discovered, room, now())) {
    ctx->write(log_level::debug, "[" + x.address + "] dialling");
    spawn_dial(x.address, x.may_be_new, 0);
  }
  schedule();
}

void connection_maker_state::spawn_dial(const std::string& target,
                                        bool may_be_new, std::size_t password) {
  auto dialler =
    spawn_dialler(self->home_system(), ctx, target, may_be_new, password);
  self->monitor(dialler);
  diallers.emplace(dialler.address(), target);
}

void connection_maker_state::schedule() {
  auto due = plan->next_due();
  auto t = now();
  if (next_look && *next_look <= t)
    next_look.reset();
  if (!due || (next_look && *next_look <= *due))
    return;
  next_look = due;
  self->delayed_send(self, *due > t ? *due - t : duration::zero(),
                     look_again{});
}

void connection_maker_state::failed(attempt_failed& x) {
  ctx->write(log_level::info,
             "[" + x.target + "] cannot be reached: " + describe(x.why));
  plan->attempt_failed(x.target, std::move(x.why), now());
  look();
}

void connection_maker_state::dialled(const connection_dialled& x) {
  auto one = watched{x.id, x.target, false, x.may_be_new, x.password};
  if (connections.emplace(x.connection.address(), std::move(one)).second)
    self->monitor(x.connection);
  // The dialler may have finished just before we told it to end.
  if (stopping)
    self->send_exit(x.connection, node_stopped());
}

void connection_maker_state::added(const connection_admitted& x) {
  auto [i, is_inbound] =
    connections.try_emplace(x.connection.address(), watched{x.id, x.target});
  if (is_inbound)
    self->monitor(x.connection);
  i->second.is_tied_in = true;
  plan->connection_added(x.id, x.target, x.remote_address, x.remote);
  look(); // a dial has ended, another may start
}

// Tries each of our passwords once. @returns whether another dial has begun.
bool connection_maker_state::dial_with_next_password(const watched& x,
                                                     const caf::error& why) {
  if (stopping || x.is_tied_in || x.target.empty()
      || !is(why, errc::cannot_open))
    return false;
  auto next = x.password + 1;
  if (next >= ctx->passwords->get()->size())
    return false;
  ctx->write(log_level::debug, "[" + x.target + "] dialling with password "
                                 + std::to_string(next + 1));
  spawn_dial(x.target, x.may_be_new, next);
  return true;
}

void connection_maker_state::down(const caf::actor_addr& who,
                                  caf::error reason) {
  if (auto i = diallers.find(who); i != diallers.end()) {
    // Only a bug ends a dialler with an error; its target must still be
    // retried.
    if (reason)
      plan->attempt_failed(i->second, std::move(reason), now());
    diallers.erase(i);
  } else if (auto j = connections.find(who); j != connections.end()) {
    if (!dial_with_next_password(j->second, reason))
      plan->connection_ended(j->second.id, j->second.target, std::move(reason),
                             now());
    connections.erase(j);
    look();
  }
  quit_when_alone();
}

// Inbound connections belong to the acceptor.
template <class F>
void connection_maker_state::for_each_dialled(F f) {
  for (const auto& x : connections)
    if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(x.first);
        ptr && !x.second.target.empty())
      f(caf::actor_cast<connection_actor>(ptr));
}

void connection_maker_state::finish() {
  for_each_dialled(
    [this](const connection_actor& x) { self->send(x, finish_connections{}); });
}

void connection_maker_state::stop() {
  for_each_dialled(
    [this](const connection_actor& x) { self->send_exit(x, node_stopped()); });
  refuse();
}

void connection_maker_state::refuse() {
  stopping = true;
  for (const auto& x : diallers)
    if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(x.first))
      self->send_exit(ptr, caf::exit_reason::user_shutdown);
  quit_when_alone();
}

void connection_maker_state::quit_when_alone() {
  if (stopping && connections.empty() && diallers.empty())
    self->quit(caf::exit_reason::user_shutdown);
}

dial_status connection_maker_state::status() const {
  dial_status result;
  result.wanted = plan->wanted();
  result.ended_connections = plan->ended();
  auto t = now();
  for (const auto& x : plan->status()) {
    target_status one;
    one.address = x.address;
    one.state = to_string(x.state);
    one.wanted = x.direct;
    if (x.next_try)
      one.next_try = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::max(*x.next_try - t, duration::zero()));
    if (x.last_error)
      one.last_error = describe(x.last_error);
    result.targets.push_back(std::move(one));
  }
  return result;
}

maker_interface::behavior_type connection_maker_behavior(
  maker_interface::stateful_pointer<connection_maker_state> self,
  const context_ptr& ctx) {
  auto st = &self->state;
  st->start(ctx);
  return {
    [st](const view_changed&) { st->look(); },
    [](const neighbour_added&) {},
    [st](start_mesh) {
      st->running = true;
      st->look();
    },
    [st](const connect_to& x) -> caf::result<void> {
      if (auto err = st->plan->want(x.addresses, x.replace, st->now()))
        return err;
      st->look();
      return caf::unit;
    },
    [st](const forget& x) -> caf::result<void> {
      if (auto err = st->plan->forget(x.addresses))
        return err;
      st->look();
      return caf::unit;
    },
    [st](attempt_resolved& x) {
      st->plan->attempt_resolved(x.target, std::move(x.hosts));
    },
    [st](attempt_failed& x) { st->failed(x); },
    [st](const connection_dialled& x) { st->dialled(x); },
    [st](const connection_admitted& x) { st->added(x); },
    [st](refuse_connections) { st->refuse(); },
    [st](finish_connections) { st->finish(); },
    [st](get_connections) { return live_connections(st->connections); },
    [st](get_dial_status) { return st->status(); },
    [st](look_again) { st->look(); },
  };
}

} // namespace

connection_maker_actor spawn_connection_maker(caf::actor_system& system,
                                              context_ptr ctx) {
  return system.spawn(connection_maker_behavior, std::move(ctx));
}

} // namespace cafmesh
