#include <memory>

#include <boost/test/unit_test.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>

#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of many requests that a peer's actors have given up at the same time.
namespace {

constexpr int at_once = 4096;

struct failures {
  void add(const caf::error& why) {
    ended += is(why, errc::ended) ? 1 : 0;
    unreachable += is(why, errc::unreachable) ? 1 : 0;
  }

  int ended = 0;
  int unreachable = 0;
};

struct given_up : actor_machines {
  given_up() {
    line("ab");
    handle = at('a').handle_of(
      at('b').publish([](caf::event_based_actor* self) -> caf::behavior {
        return {[self](int) -> caf::result<int> {
          return self->make_response_promise();
        }};
      }));
  }
  caf::actor spawn_asker() {
    return at('a').spawn(
      [to = handle, told = told](caf::event_based_actor* self) {
        return caf::behavior{[=](int times) {
          for (int i = 0; i < times; ++i)
            self->request(to, caf::infinite, 2)
              .then([](int) {}, [=](const caf::error& x) { told->add(x); });
        }};
      });
  }
  caf::actor spawn_beside(const caf::actor& x) {
    auto result = spawn_asker();
    while (result.id() % 64 != x.id() % 64)
      result = spawn_asker();
    return result;
  }
  void ask(const caf::actor& asker, int times) {
    for (; times > 0; times -= 100) {
      caf::anon_send(asker, 100);
      run();
    }
  }

  std::shared_ptr<failures> told = std::make_shared<failures>();
  caf::actor handle;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(given_up_answers_tests, given_up)

// The second asker takes the place of the first among the recent senders.
BOOST_AUTO_TEST_CASE(a_requester_that_is_replaced_makes_no_other_peer_wait) {
  auto first = spawn_asker();
  auto second = spawn_beside(first);
  ask(first, at_once + 904);
  BOOST_TEST_REQUIRE(told->ended == 0);
  ask(second, 100);
  BOOST_TEST(told->ended == at_once);
  BOOST_TEST(told->unreachable == 904);
  run_for(seconds{10});
  BOOST_TEST(told->ended == at_once + 100);
}

BOOST_AUTO_TEST_SUITE_END()
