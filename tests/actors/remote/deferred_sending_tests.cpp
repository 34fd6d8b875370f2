#include <future>
#include <memory>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/caf_version/local_unit.hpp"
#include "tests/support/actor_machines.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of messages that wait until an actor on the event loop returns.
namespace {

struct named_as_ours {
  static inline const char* name = "cafmesh.test";
};

struct fixture : actor_machines {
  fixture() {
    line("ab");
    auto counter = [heard = heard](caf::event_based_actor*) -> caf::behavior {
      return {[heard](int) {
        ++*heard;
      }};
    };
    handle = at('a').handle_of(at('b').publish(counter));
    run_for(milliseconds{50});
  }
  // Runs an actor of a in a local_unit, as the event loop does. The actor sends
  // a message and returns once `f` has returned.
  template <class F>
  void while_an_actor_sends(F&& f) {
    std::promise<void> sent;
    std::promise<void> may_return;
    auto sender =
      at('a').spawn([&](caf::stateful_actor<named_as_ours>*) -> caf::behavior {
        return {[&](int x) {
          caf::anon_send(handle, x);
          sent.set_value();
          may_return.get_future().wait();
        }};
      });
    run();
    std::thread loop{[&] {
      caf_version::local_unit unit;
      caf::actor_cast<caf::strong_actor_ptr>(sender)->enqueue(
        nullptr, caf::make_message_id(), caf::make_message(1), &unit);
      while (!unit.idle())
        unit.run(caf_version::local_jobs::of_the_library);
    }};
    sent.get_future().wait();
    f();
    may_return.set_value();
    loop.join();
  }

  std::shared_ptr<int> heard = std::make_shared<int>(0);
  caf::actor handle;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(deferred_sending_tests, fixture)

BOOST_AUTO_TEST_CASE(messages_wait_until_the_actor_returns) {
  while_an_actor_sends([&] {
    run_for(milliseconds{50});
    BOOST_TEST(*heard == 0);
  });
  run_for(milliseconds{50});
  BOOST_TEST(*heard == 1);
}

BOOST_AUTO_TEST_CASE(messages_of_other_threads_do_not_wait) {
  while_an_actor_sends([&] {
    caf::anon_send(handle, 2);
    run_for(milliseconds{50});
    BOOST_TEST(*heard == 2);
  });
  run_for(milliseconds{50});
  BOOST_TEST(*heard == 2);
}

BOOST_AUTO_TEST_SUITE_END()
