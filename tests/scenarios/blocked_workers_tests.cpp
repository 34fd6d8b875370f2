#include <atomic>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include "tests/scenarios/tcp_node.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/unicast_receiver.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of nodes in an application whose actors block the threads of the
// scheduler.
namespace {

gossiper_actor idle_gossiper(caf::actor_system& system) {
  return spawn_unicast_receiver(system, [](peer_name, const payload&) {});
}

void wait_while(const std::atomic<bool>& x) {
  while (x)
    std::this_thread::sleep_for(milliseconds{10});
}

struct blocked_workers {
  blocked_workers() {
    auto spawned = spawn_router(system, loopback_settings(1), nullptr, log);
    BOOST_TEST_REQUIRE(bool{spawned});
    router = *spawned;
  }
  ~blocked_workers() {
    caf::anon_send(router, stop_mesh{});
  }
  /// Runs `f` in an actor, that is, on a thread of the scheduler. Waits until
  /// `f` has returned.
  template <class F>
  void run_in_actor(F f) {
    std::atomic<bool> done{false};
    system.spawn([&](caf::event_based_actor*) {
      f();
      done = true;
    });
    BOOST_TEST(eventually([&] { return done.load(); }));
  }

  gossip_channel_actor join_with(const char* name, gossiper_actor gossiper) {
    auto joined = join(system, router, name, std::move(gossiper));
    BOOST_TEST_REQUIRE(bool{joined});
    return *joined;
  }
  static void send_to_itself(const gossip_channel_actor& channel) {
    caf::anon_send(channel, unicast{peer_name::from_number(1),
                                    payload::copy_of(byte_view{"word"})});
  }

  lean_config config;
  caf::actor_system system{config};
  std::shared_ptr<shared_log> log = std::make_shared<shared_log>();
  router_actor router;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(blocked_workers_tests, blocked_workers)

BOOST_AUTO_TEST_CASE(a_join_from_main_returns_the_channel) {
  auto joined = join(system, router, "chan", idle_gossiper(system));
  BOOST_TEST(bool{joined});
  auto again = join(system, router, "chan", idle_gossiper(system));
  BOOST_TEST(is(again.error(), errc::duplicate_channel));
}

BOOST_AUTO_TEST_CASE(a_join_that_would_block_a_worker_is_refused_at_once) {
  run_in_actor([this] {
    auto joined = join(system, router, "chan", idle_gossiper(system));
    BOOST_TEST_REQUIRE(!joined);
    BOOST_TEST(is(joined.error(), errc::bad_setting));
    BOOST_TEST(describe(joined.error()).find("join_channel")
               != std::string::npos);
  });
}

BOOST_AUTO_TEST_CASE(a_blocking_actor_with_a_thread_of_its_own_may_join) {
  std::atomic<bool> done{false};
  system.spawn<caf::detached>([&](caf::event_based_actor*) {
    done = bool{join(system, router, "chan", idle_gossiper(system))};
  });
  BOOST_TEST(eventually([&] { return done.load(); }));
}

BOOST_AUTO_TEST_CASE(a_join_that_waits_for_blocked_workers_says_so_once) {
  auto blocks = std::make_shared<std::atomic<bool>>(true);
  for (int i = 0; i < 2; ++i)
    system.spawn([blocks](caf::event_based_actor*) { wait_while(*blocks); });
  std::thread frees{[&] {
    BOOST_TEST(eventually(
      [&] { return log->count({"join of channel 'chan' has waited"}) == 1; }));
    *blocks = false;
  }};
  auto joined = join(system, router, "chan", idle_gossiper(system), log);
  frees.join();
  BOOST_TEST(bool{joined});
  BOOST_TEST(log->count({"join of channel 'chan' has waited"}) == 1u);
}

BOOST_AUTO_TEST_CASE(handlers_of_detached_receivers_block_nobody_else) {
  auto blocks = std::make_shared<std::atomic<bool>>(true);
  auto waiting = std::make_shared<std::atomic<int>>(0);
  auto heard = std::make_shared<std::atomic<bool>>(false);
  std::vector<gossiper_actor> slow;
  // More receivers than the scheduler has threads.
  for (const auto* name : {"slow 1", "slow 2", "slow 3"}) {
    slow.push_back(spawn_detached_unicast_receiver(
      system, [blocks, waiting](peer_name, const payload&) {
        ++*waiting;
        wait_while(*blocks);
      }));
    send_to_itself(join_with(name, slow.back()));
  }
  BOOST_TEST(eventually([&] { return *waiting == 3; }));
  send_to_itself(join_with(
    "quick", spawn_unicast_receiver(
               system, [heard](peer_name, const payload&) { *heard = true; })));
  BOOST_TEST(eventually([&] { return heard->load(); }, seconds{5}));
  *blocks = false;
  for (const auto& x : slow)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_SUITE_END()
