#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>

#include "tests/scenarios/loopback_peer.hpp"
#include "tests/scenarios/tcp_node.hpp"
#include "tests/support/no_threads.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/names.hpp>
#include <cafmesh/options.hpp>
#include <cafmesh/remote_actors.hpp>
#include <cafmesh/remote_spawn.hpp>
#include <cafmesh/status.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of spawning actors at other peers over real sockets, when the actors'
// factories block.
namespace {

constexpr std::chrono::milliseconds spawn_time{300};

std::atomic<bool> factories_block{false};

caf::behavior adder(caf::event_based_actor*) {
  return {[](int x, int y) {
    return x + y;
  }};
}

struct slow_adder : caf::event_based_actor {
  explicit slow_adder(caf::actor_config& x) : caf::event_based_actor(x) {
    while (factories_block)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  caf::behavior make_behavior() override {
    return adder(this);
  }
};

struct application : caf::actor_system_config {
  application() {
    add_options(*this);
    add_actor_type("adder", adder);
    add_actor_type<slow_adder>("slow adder");
    set("scheduler.max-threads", 2);
  }
};

struct peer : loopback_peer<application> {
  explicit peer(std::vector<std::string> peers)
      : loopback_peer(std::move(peers)) {
    actor_settings limits;
    limits.spawnable = {"adder", "slow adder"};
    limits.max_spawned = 4;
    limits.spawn_time = spawn_time;
    auto joined = join_actors(system, router, limits, log);
    BOOST_TEST_REQUIRE(bool{joined});
    names = *joined;
    start();
  }
  ~peer() {
    stop();
    names = nullptr;
  }
  struct outcome {
    caf::actor actor;
    caf::error why;
  };
  outcome spawn(const peer& where, const std::string& type) {
    outcome result;
    self->request(names, patience, spawn_at(system, where.node.name, type))
      .receive(
        [&](const caf::strong_actor_ptr& x) {
          result.actor = caf::actor_cast<caf::actor>(x);
        },
        [&](caf::error& why) { result.why = std::move(why); });
    return result;
  }
  actors_status status() {
    return ask<actors_status>(names, get_actors{});
  }
  peer_actors status_of(const peer& other) {
    for (auto& x : status().peers)
      if (x.peer == other.node.name)
        return x;
    return {};
  }
  bool finds_types_of(const peer& other) {
    return eventually([&] { return status_of(other).names == 2; });
  }

  std::shared_ptr<shared_log> log = std::make_shared<shared_log>();
  directory_actor names;
};

struct stuck_factories {
  stuck_factories() {
    factories_block = true;
  }
  ~stuck_factories() {
    factories_block = false;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(remote_spawn_over_tcp_tests)

BOOST_AUTO_TEST_CASE(factories_that_do_not_return_harm_only_their_requesters) {
  peer here{{}};
  peer asker{{here.node.address}};
  peer other{{here.node.address}};
  BOOST_TEST_REQUIRE(asker.finds_types_of(here));
  BOOST_TEST_REQUIRE(other.finds_types_of(here));
  stuck_factories blocking;
  // More calls than the scheduler of `here` has threads.
  for (int i = 0; i < 3; ++i) {
    auto refused = asker.spawn(here, "slow adder");
    BOOST_TEST(is(refused.why, errc::spawn_failed), describe(refused.why));
  }
  auto last = asker.spawn(here, "adder");
  BOOST_TEST_REQUIRE(bool{last.actor}, describe(last.why));
  BOOST_TEST(asker.ask<int>(last.actor, 40, 2) == 42);
  auto beyond = asker.spawn(here, "adder");
  BOOST_TEST(is(beyond.why, errc::too_many_actors), describe(beyond.why));
  auto spawned = other.spawn(here, "adder");
  BOOST_TEST_REQUIRE(bool{spawned.actor}, describe(spawned.why));
  BOOST_TEST(other.ask<int>(spawned.actor, 40, 2) == 42);
  BOOST_TEST(here.status().overdue_spawns == 3u);
  BOOST_TEST(here.status_of(asker).being_spawned == 3u);
  BOOST_TEST(here.log->count({"slow adder", "actors.spawn-time"}) == 1u);
  factories_block = false;
  // An actor whose factory finishes too late is ended, and no longer counts as
  // being spawned.
  BOOST_TEST(
    eventually([&] { return here.status_of(asker).being_spawned == 0; }));
  BOOST_TEST(here.status_of(asker).spawned == 1u);
  BOOST_TEST(bool{asker.spawn(here, "slow adder").actor});
}

BOOST_AUTO_TEST_CASE(a_request_fails_if_the_peer_can_make_no_thread) {
  peer here{{}};
  peer asker{{here.node.address}};
  BOOST_TEST_REQUIRE(asker.finds_types_of(here));
  {
    no_threads none;
    auto refused = asker.spawn(here, "adder");
    BOOST_TEST(is(refused.why, errc::spawn_failed), describe(refused.why));
    BOOST_TEST(describe(refused.why).find("no thread") != std::string::npos);
    BOOST_TEST(here.status_of(asker).being_spawned == 0u);
  }
  auto spawned = asker.spawn(here, "adder");
  BOOST_TEST_REQUIRE(bool{spawned.actor}, describe(spawned.why));
  BOOST_TEST(asker.ask<int>(spawned.actor, 40, 2) == 42);
}

BOOST_AUTO_TEST_SUITE_END()
