#include <memory>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "tests/support/actor_machines.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of an outage that only one of two peers notices, so that the other peer
// still has the session.
BOOST_FIXTURE_TEST_SUITE(one_sided_absence_tests, actor_machines)

BOOST_AUTO_TEST_CASE(who_noticed_no_absence_loses_nothing_after_it) {
  line("ab");
  auto heard = std::make_shared<int>(0);
  auto far = at('a').publish([heard](caf::event_based_actor*) {
    return caf::behavior{[heard](int) {
      ++*heard;
    }};
  });
  auto handle = at('b').handle_of(far);
  run_for(milliseconds{50});
  caf::anon_send(handle, 1);
  run_for(milliseconds{50});
  BOOST_TEST(*heard == 1);
  homes_changed gone;
  gone.gone = {at('b').home};
  gone.left = {at('b').home.peer};
  caf::anon_send(at('a').remote.postman, gone);
  run_for(seconds{1});
  homes_changed back;
  back.came = {at('b').home};
  caf::anon_send(at('a').remote.postman, back);
  run_for(seconds{1});
  caf::anon_send(handle, 2);
  run_for(milliseconds{50});
  BOOST_TEST(*heard == 2);
}

BOOST_AUTO_TEST_SUITE_END()
