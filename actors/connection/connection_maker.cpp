#include "actors/connection/connection_maker.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/connection/connection.hpp"
#include "actors/connection/dial_status.hpp"
#include "actors/connection/dialler.hpp"
#include "actors/context/stopped.hpp"
#include "actors/core/dialling/targets.hpp"
#include <cafmesh/errc.hpp>

// The connection maker: carries out what `targets` decides to dial, and watches
// the connections.
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

// The maximum number of dials at a time. Without a limit, dials could use up
// our descriptors.
constexpr std::size_t dials_at_once = 64;

// The minimum time between two questions to the topology for addresses; for
// each answer it looks at all records.
constexpr std::chrono::milliseconds between_questions{250};

// The age of an answer at which we ask again without a new view, because an
// address may change without a change of the routes.
constexpr std::chrono::seconds age_of_answers{10};

close_if_not_admitted another_was_faster(const std::string& target) {
  return {make_error(errc::connection_closed,
                     "another address of " + target + " was faster")};
}

struct connection_maker_state {
  explicit connection_maker_state(maker_interface::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.connection_maker";

  void start(context_ptr context);
  void look();
  void ask_topology();
  void dial();
  std::size_t room() const;
  void start_dialler(const targets::dial& what);
  void schedule(std::optional<instant> due);
  void lookup_failed(attempt_failed& x);
  void failed(const targets::dial& what, const caf::error& why,
              targets::outcome result);
  void gave_up(const std::string& target, const caf::error& why,
               targets::outcome result);
  void dialled(const connection_dialled& x);
  void added(const connection_admitted& x);
  void end_other_dials(const std::string& target, connection_id winner);
  void down(const caf::actor_addr& who, caf::error reason);
  struct watched;
  void dialler_down(const targets::dial& what, caf::error reason);
  void connection_down(const watched& x, const caf::error& reason);
  template <class F>
  void for_each_dialled(F f);
  template <class Message>
  void tell_dialled(Message what);
  void end_diallers(const std::string* only_of);
  void refuse();
  void stop();
  void quit_when_alone();

  instant now() const {
    return self->clock().now();
  }

  maker_interface::pointer self;
  context_ptr ctx;
  std::optional<targets> plan;
  bool running = false;
  bool stopping = false;
  bool asking = false; // whether the topology has an open question
  bool view_is_new = true;
  std::optional<instant> asked;
  std::optional<instant> next_look;

  struct watched {
    connection_id id;
    targets::dial what;      // without a target if inbound
    bool is_tied_in = false; // whether the topology has admitted it
  };
  std::unordered_map<caf::actor_addr, watched> connections;
  // Lookups too: their dials have a target but no address.
  std::unordered_map<caf::actor_addr, targets::dial> diallers;
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
  caf_version::on_exit_from(ctx->router, self,
                            [this](const caf::error&) { stop(); });
  self->send(ctx->topology, watch_views{view_watcher_actor{self}});
}

void connection_maker_state::look() {
  if (!running || stopping)
    return;
  if (ctx->config.discovery)
    ask_topology();
  dial();
}

void connection_maker_state::ask_topology() {
  auto t = now();
  auto is_stale = !asked || t - *asked >= age_of_answers;
  if (asking || (!view_is_new && !is_stale))
    return;
  if (asked && t - *asked < between_questions)
    return schedule(*asked + between_questions);
  asking = true;
  view_is_new = false;
  asked = t;
  self->request(ctx->topology, caf::infinite, get_discovered_addresses{})
    .then(
      [this](const std::vector<std::string>& found) {
        asking = false;
        plan->set_discovered(found);
        look();
      },
      [this](const caf::error&) { asking = false; });
}

void connection_maker_state::dial() {
  for (auto& x : plan->due(room(), now())) {
    ctx->write(log_level::debug, "[" + x.address + "] dialling");
    auto lookup = spawn_lookup(self, ctx, x.address);
    self->monitor(lookup);
    diallers.emplace(lookup.address(),
                     targets::dial{x.address, {}, 0, x.may_be_new});
  }
  for (auto& x : plan->take_dials(now()))
    start_dialler(x);
  schedule(plan->next_due());
}

std::size_t connection_maker_state::room() const {
  std::size_t tied_in = 0;
  for (const auto& x : connections)
    tied_in += x.second.is_tied_in ? 1u : 0u;
  auto limit = ctx->config.connection_limit;
  auto result = limit == 0 ? SIZE_MAX : limit > tied_in ? limit - tied_in : 0;
  return std::min(result, dials_at_once);
}

void connection_maker_state::start_dialler(const targets::dial& what) {
  if (what.password > 0)
    ctx->write(log_level::debug, "[" + what.target + "] dialling with password "
                                   + std::to_string(what.password + 1));
  auto dialler = spawn_dialler(self, ctx, what);
  self->monitor(dialler);
  diallers.emplace(dialler.address(), what);
}

void connection_maker_state::schedule(std::optional<instant> due) {
  auto t = now();
  if (next_look && *next_look <= t)
    next_look.reset();
  if (!due || (next_look && *next_look <= *due))
    return;
  next_look = due;
  self->delayed_send(self, *due > t ? *due - t : duration::zero(),
                     look_again{});
}

void connection_maker_state::lookup_failed(attempt_failed& x) {
  failed({x.target, x.target, 0, false}, x.why,
         plan->attempt_failed(x.target, x.why, now()));
  look();
}

// Failures of discovered targets are logged at a low level: remotes choose
// those targets and could fill the log.
void connection_maker_state::failed(const targets::dial& what,
                                    const caf::error& why,
                                    targets::outcome result) {
  if (result == targets::outcome::next_password)
    return;
  auto is_news =
    plan->is_wanted(what.target) && !is(why, errc::multiple_connections);
  auto where = what.address == what.target ? "" : " at " + what.address;
  ctx->write(is_news ? log_level::info : log_level::debug,
             "[" + what.target + "] cannot be reached" + where + ": "
               + describe(why));
  gave_up(what.target, why, result);
}

void connection_maker_state::gave_up(const std::string& target,
                                     const caf::error& why,
                                     targets::outcome result) {
  if (result == targets::outcome::given_up)
    ctx->write(log_level::warning,
               "[" + target
                 + "] is given up until it is named again: " + describe(why));
}

void connection_maker_state::dialled(const connection_dialled& x) {
  auto [i, is_new] = connections.try_emplace(x.connection.address(),
                                             watched{x.id, x.what, false});
  if (is_new)
    self->monitor(x.connection);
  i->second.what = x.what;
  // The connection may be unwanted by now: the dialler may have finished just
  // before our message to end reached it.
  if (stopping)
    self->send_exit(x.connection, node_stopped());
  else if (is_new && plan->is_connected(x.what.target))
    self->send(x.connection, another_was_faster(x.what.target));
}

void connection_maker_state::added(const connection_admitted& x) {
  auto what = targets::dial{x.target, x.remote_address, 0, false};
  auto [i, is_new] =
    connections.try_emplace(x.connection.address(), watched{x.id, what, true});
  if (is_new)
    self->monitor(x.connection);
  i->second.is_tied_in = true;
  plan->connection_added(x.id, x.target, x.remote_address);
  if (!x.target.empty())
    end_other_dials(x.target, x.id);
  look(); // a dial has ended, so another may start
}

void connection_maker_state::end_other_dials(const std::string& target,
                                             connection_id winner) {
  end_diallers(&target);
  for_each_dialled([&](const connection_actor& to, const watched& x) {
    if (x.what.target == target && !x.is_tied_in && x.id != winner)
      self->send(to, another_was_faster(target));
  });
}

void connection_maker_state::end_diallers(const std::string* only_of) {
  for (const auto& x : diallers)
    if (only_of == nullptr || x.second.target == *only_of)
      if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(x.first))
        self->send_exit(ptr, caf::exit_reason::user_shutdown);
}

void connection_maker_state::down(const caf::actor_addr& who,
                                  caf::error reason) {
  if (auto i = diallers.find(who); i != diallers.end()) {
    auto x = std::move(i->second);
    diallers.erase(i);
    dialler_down(x, std::move(reason));
  } else if (auto j = connections.find(who); j != connections.end()) {
    auto x = std::move(j->second);
    connections.erase(j);
    connection_down(x, reason);
  }
  quit_when_alone();
}

// A dialler that ends with an error was ended by us or has thrown. In either
// case the target must be tried again.
void connection_maker_state::dialler_down(const targets::dial& what,
                                          caf::error reason) {
  if (!reason)
    return;
  if (what.address.empty())
    plan->attempt_failed(what.target, std::move(reason), now());
  else
    plan->dial_failed(what, std::move(reason), now());
  look();
}

void connection_maker_state::connection_down(const watched& x,
                                             const caf::error& reason) {
  if (x.is_tied_in || x.what.target.empty())
    gave_up(x.what.target, reason,
            plan->connection_ended(x.id, x.what.target, reason, now()));
  else if (plan->is_attempting(x.what.target))
    failed(x.what, reason,
           plan->introduction_failed(x.what, reason,
                                     ctx->passwords->get()->size(), now()));
  look();
}

// Calls `f` for the connections that we dialled; inbound ones belong to the
// acceptor.
template <class F>
void connection_maker_state::for_each_dialled(F f) {
  for (const auto& x : connections)
    if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(x.first);
        ptr && !x.second.what.target.empty())
      f(caf::actor_cast<connection_actor>(ptr), x.second);
}

template <class Message>
void connection_maker_state::tell_dialled(Message what) {
  for_each_dialled([this, what](const connection_actor& x, const watched&) {
    self->send(x, what);
  });
}

void connection_maker_state::stop() {
  for_each_dialled([this](const connection_actor& x, const watched&) {
    self->send_exit(x, node_stopped());
  });
  refuse();
}

void connection_maker_state::refuse() {
  stopping = true;
  end_diallers(nullptr);
  quit_when_alone();
}

void connection_maker_state::quit_when_alone() {
  if (stopping && connections.empty() && diallers.empty())
    self->quit(caf::exit_reason::user_shutdown);
}

maker_interface::behavior_type connection_maker_behavior(
  maker_interface::stateful_pointer<connection_maker_state> self,
  const context_ptr& ctx) {
  auto st = &self->state;
  st->start(ctx);
  return {
    [st](const view_changed&) {
      st->view_is_new = true;
      st->look();
    },
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
      st->plan->attempt_resolved(x.target, std::move(x.hosts), st->now());
      st->look();
    },
    [st](attempt_failed& x) { st->lookup_failed(x); },
    [st](dial_failed& x) {
      st->failed(x.what, x.why,
                 st->plan->dial_failed(x.what, x.why, st->now()));
      st->look();
    },
    [st](const connection_dialled& x) { st->dialled(x); },
    [st](const connection_admitted& x) { st->added(x); },
    [st](refuse_connections) { st->refuse(); },
    [st](finish_connections x) { st->tell_dialled(x); },
    [st](passwords_changed x) { st->tell_dialled(x); },
    [st](get_connections) { return live_connections(st->connections); },
    [st](get_dial_status) { return status_of(*st->plan, st->now()); },
    [st](look_again) { st->look(); },
  };
}

} // namespace

connection_maker_actor spawn_connection_maker(caf::local_actor* parent,
                                              context_ptr ctx) {
  return ctx->parts->add(parent->spawn(connection_maker_behavior, ctx),
                         "connection_maker", node_parts::told_by::router);
}

} // namespace cafmesh
