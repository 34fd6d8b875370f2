#include <atomic>
#include <future>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include "actors/caf_version/on_clock.hpp"
#include "tests/scenarios/forked.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

BOOST_AUTO_TEST_SUITE(full_clock_tests)

// The queue of CAF's clock has room for 63 messages. While the clock's thread
// runs `f`, nothing empties the queue.
BOOST_AUTO_TEST_CASE(calls_on_the_clock_go_on_although_its_queue_is_full) {
  forked child{[] {
    caf::actor_system_config config;
    caf::actor_system system{config};
    auto receiver = system.spawn([](caf::event_based_actor*) -> caf::behavior {
      return {[](int) {
      }};
    });
    std::atomic<int> sent{0};
    std::promise<void> began;
    std::promise<void> called_again;
    int calls = 0;
    caf_version::call_on_clock(system, std::chrono::milliseconds{1}, [&] {
      if (++calls == 1) {
        began.set_value();
        while (sent < 63)
          std::this_thread::yield();
        return true;
      }
      called_again.set_value();
      return false;
    });
    began.get_future().wait();
    for (; sent < 63; ++sent)
      caf::delayed_anon_send(receiver, std::chrono::milliseconds{1}, 1);
    called_again.get_future().wait();
    caf::anon_send_exit(receiver, caf::exit_reason::user_shutdown);
    return true;
  }};
  BOOST_TEST(child.wait() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
