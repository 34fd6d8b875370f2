#include "tools/meshd/api/change_gate.hpp"

#include <boost/test/unit_test.hpp>

using namespace meshd;

// Tests of `change_gate`, which knows whether requests for changes are still
// unanswered.
BOOST_AUTO_TEST_SUITE(change_gate_tests)

BOOST_AUTO_TEST_CASE(a_gate_without_requests_is_empty_when_it_closes) {
  change_gate gate;
  auto calls = 0;
  BOOST_TEST(!gate.is_closed());
  gate.close([&] { ++calls; });
  BOOST_TEST(gate.is_closed());
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(it_is_empty_once_the_last_request_has_left) {
  change_gate gate;
  auto calls = 0;
  auto one = gate.enter(), other = gate.enter();
  one.leave();
  gate.close([&] { ++calls; });
  BOOST_TEST(calls == 0);
  other.leave();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(a_request_leaves_once) {
  change_gate gate;
  auto calls = 0;
  auto one = gate.enter(), other = gate.enter();
  change_gate::pass none;
  none.leave();
  one.leave();
  one.leave();
  gate.close([&] { ++calls; });
  BOOST_TEST(calls == 0);
  other.leave();
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_SUITE_END()
