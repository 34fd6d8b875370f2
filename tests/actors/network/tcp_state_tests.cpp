#include "actors/network/tcp_state.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// A host that has acknowledged nothing since before the probe.
tcp_state silent(std::uint32_t repeats) {
  tcp_state result;
  result.acknowledged_before = seconds{5};
  result.in_flight = 1;
  result.repeats = repeats;
  return result;
}

bool is(const tcp_state& x, host_state expected) {
  return judge(x, seconds{1}) == expected;
}

} // namespace

BOOST_AUTO_TEST_SUITE(tcp_state_tests)

BOOST_AUTO_TEST_CASE(a_host_is_dead_once_several_timeouts_are_over) {
  BOOST_TEST(is(silent(0), host_state::unknown));
  BOOST_TEST(is(silent(1), host_state::unknown));
  BOOST_TEST(is(silent(2), host_state::dead));
}

BOOST_AUTO_TEST_CASE(a_host_that_acknowledges_is_alive) {
  auto x = silent(9);
  x.acknowledged_before = milliseconds{1005};
  BOOST_TEST(is(x, host_state::alive));
  x = silent(0);
  x.in_flight = 0;
  BOOST_TEST(is(x, host_state::alive));
}

BOOST_AUTO_TEST_CASE(where_much_was_lost_more_must_be_lost_in_a_row) {
  auto x = silent(2);
  x.sent = 1000;
  x.resent = 50;
  BOOST_TEST(is(x, host_state::dead));
  x.resent = 150;
  BOOST_TEST(is(x, host_state::unknown));
  x.repeats = 3;
  BOOST_TEST(is(x, host_state::dead));
  x.resent = 500;
  BOOST_TEST(is(x, host_state::unknown));
  x.repeats = 6;
  BOOST_TEST(is(x, host_state::dead));
  // The repeats of a host that has just died show nothing of this kind.
  x.sent = 20;
  x.resent = x.repeats = 4;
  BOOST_TEST(is(x, host_state::dead));
}

BOOST_AUTO_TEST_CASE(
  a_closed_window_is_a_sign_of_life_while_probes_are_answered) {
  auto x = silent(0);
  x.in_flight = 0;
  x.unsent = 1000;
  BOOST_TEST(is(x, host_state::alive));
  x.window_probes = 1;
  BOOST_TEST(is(x, host_state::unknown));
  x.window_probes = 3;
  BOOST_TEST(is(x, host_state::dead));
}

BOOST_AUTO_TEST_SUITE_END()
