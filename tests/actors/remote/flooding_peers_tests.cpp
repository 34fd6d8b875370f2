#include <memory>

#include <boost/test/unit_test.hpp>
#include <caf/event_based_actor.hpp>

#include "tests/support/actor_machines.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of peers that make a node keep things without bounds.
namespace {

caf::behavior adder(caf::event_based_actor*) {
  return {[](int x, int y) {
    return x + y;
  }};
}

struct flooding : actor_machines {
  void build(const actor_settings& config = {}) {
    line("ab", config);
    far = at('b').publish(adder);
    handle = at('a').handle_of(far);
    run_for(milliseconds{50});
  }
  caf::actor far;
  caf::actor handle; // of `far`, at `a`
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(flooding_peers_tests, flooding)

BOOST_AUTO_TEST_CASE(one_exit_of_a_peer_waits_for_an_actor) {
  actor_settings config;
  config.remote_exits = true;
  build(config);
  auto count = std::make_shared<int>(0);
  auto target = at('b').publish([=](caf::event_based_actor* self) {
    self->set_exit_handler([=](caf::exit_msg& x) {
      ++*count;
      if (x.reason == caf::exit_reason::user_shutdown)
        self->quit();
    });
    return caf::behavior{[](int) {
    }};
  });
  auto to = at('a').handle_of(target);
  for (int round = 1; round <= 2; ++round) {
    for (int i = 0; i < 5; ++i)
      caf::anon_send_exit(to, caf::exit_reason::out_of_workers);
    run_for(milliseconds{50});
    BOOST_TEST(*count == round);
  }
}

BOOST_AUTO_TEST_SUITE_END()
