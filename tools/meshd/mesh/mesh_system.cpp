#include "tools/meshd/mesh/mesh_system.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <caf/scoped_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/network/event_loop_call.hpp"
#include "actors/node/spawn_node.hpp"
#include "tools/meshd/mesh/parts.hpp"
#include "tools/meshd/settings/configuration.hpp"
#include <cafmesh/errc.hpp>

namespace meshd {

namespace {

// Whoever waits longer for the network's threads is forgotten. The callers have
// given up by then.
constexpr auto longest_wait = std::chrono::seconds{5};

} // namespace

struct mesh_system::state {
  explicit state(configuration& config) : system(config) {
  }

  caf::actor_system system;
};

namespace {

void watch_router(caf::actor_system& system,
                  const cafmesh::router_actor& router,
                  std::function<void()> f) {
  system.spawn(
    [router, f = std::move(f)](caf::event_based_actor* self) -> caf::behavior {
      self->monitor(router);
      cafmesh::caf_version::on_down(
        self, [self, f](const caf::actor_addr&, const caf::error&) {
          f();
          self->quit();
        });
      return {[](caf::unit_t) {
      }};
    });
}

/// Whether a client or a setting has given this address.
bool is_wanted(const cafmesh::dial_status& x, const std::string& address) {
  const auto& given = x.wanted;
  return std::find(given.begin(), given.end(), address) != given.end()
         || std::any_of(x.targets.begin(), x.targets.end(),
                        [&](const cafmesh::target_status& each) {
                          return each.wanted && each.address == address;
                        });
}

} // namespace

mesh_system::mesh_system() = default;

mesh_system::~mesh_system() {
  if (parts_) {
    caf::anon_send(parts_->router, cafmesh::stop_mesh{});
    caf::anon_send_exit(parts_->agent, caf::exit_reason::user_shutdown);
  }
  parts_.reset();
}

std::string mesh_system::open(configuration& config,
                              const std::vector<cafmesh::peer_uid>& past,
                              cafmesh::log_sink_ptr log, poster post,
                              std::function<void()> on_end) {
  state_ = std::make_unique<state>(config);
  auto& system = state_->system;
  auto router =
    cafmesh::spawn_node(system, config.mesh, nullptr, log, {},
                        std::make_shared<cafmesh::node_parts>(), past);
  if (!router)
    return cafmesh::describe(router.error());
  cafmesh::node_description self;
  caf::error failure;
  caf::scoped_actor here{system};
  here->request(*router, caf::infinite, cafmesh::get_node{})
    .receive([&](cafmesh::node_description& x) { self = std::move(x); },
             [&](caf::error& why) { failure = std::move(why); });
  if (failure)
    return cafmesh::describe(failure);
  watch_router(system, *router,
               [post, on_end = std::move(on_end)] { post(on_end); });
  parts_ = std::make_shared<mesh_parts>(
    mesh_parts{system, *router, spawn_agent(system), std::move(post),
               std::move(log), std::move(self)});
  return {};
}

void mesh_system::start() {
  caf::anon_send(parts_->router, cafmesh::start_mesh{});
}

bool mesh_system::stop(std::chrono::milliseconds limit) {
  auto result = false;
  caf::scoped_actor here{state_->system};
  here->request(parts_->router, limit, cafmesh::stop_mesh{})
    .receive([&] { result = true; },
             [&](caf::error& why) {
               result = cafmesh::is(why, cafmesh::errc::stopped);
             });
  return result;
}

const cafmesh::node_description& mesh_system::self() const {
  return parts_->self;
}

void mesh_system::get_node(answer<cafmesh::node_description> then) {
  ask(parts_, parts_->router, cafmesh::get_node{}, std::move(then));
}

void mesh_system::when_network_answers(std::function<void()> f) {
  const auto now = std::chrono::steady_clock::now();
  while (!waiting_.empty() && now - waiting_.front().since > longest_wait)
    waiting_.pop_front();
  waiting_.push_back({now, std::move(f)});
  if (std::exchange(is_asked_, true))
    return;
  auto answered = [this] {
    is_asked_ = false;
    for (const auto& each : std::exchange(waiting_, {}))
      each.call();
  };
  if (!cafmesh::call_on_event_loop(
        [parts = parts_, answered] { parts->post(answered); }))
    is_asked_ = false;
}

void mesh_system::get_status(answer<cafmesh::mesh_status> then) {
  ask(parts_, parts_->router, cafmesh::get_status{}, std::move(then));
}

void mesh_system::get_topology(answer<cafmesh::mesh_description> then) {
  ask(parts_, parts_->router, cafmesh::get_topology{}, std::move(then));
}

void mesh_system::connect_to(std::vector<std::string> addresses, bool replace,
                             answer<done> then) {
  tell(parts_, parts_->router,
       cafmesh::connect_to{std::move(addresses), replace}, std::move(then));
}

void mesh_system::forget(const std::string& address, answer<done> then) {
  get_status([parts = parts_, address,
              then = std::move(then)](const result<cafmesh::mesh_status>& now) {
    if (auto why = std::get_if<problem>(&now))
      return then(*why);
    auto is_known =
      is_wanted(std::get<cafmesh::mesh_status>(now).dialling, address);
    tell(parts, parts->router, cafmesh::forget{{address}},
         [is_known, address, then](result<done> x) {
           if (!is_known && std::holds_alternative<done>(x))
             x = problem{404, "no_such_target",
                         "This node was not asked to dial " + address + "."};
           then(std::move(x));
         });
  });
}

void mesh_system::set_passwords(std::vector<cafmesh::password> xs,
                                answer<done> then) {
  tell(parts_, parts_->router, cafmesh::set_passwords{std::move(xs)},
       std::move(then));
}

void mesh_system::after(std::chrono::milliseconds time,
                        std::function<void()> f) {
  meshd::after(parts_, time, std::move(f));
}

} // namespace meshd
