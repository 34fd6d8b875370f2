#include "actors/network/tcp_history.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

struct fixture {
  tcp_history history;
  tcp_state x;
  instant now = instant{} + std::chrono::hours{1};

  void pass(duration time) {
    now += time;
    if (history.is_due(now))
      history.note(x, now);
  }
  // @param resent how many of the segments were sent again
  void send(std::uint32_t segments, std::uint32_t resent) {
    x.sent += segments;
    x.resent += resent;
  }
  std::uint32_t timeouts() const {
    return history.timeouts_of_dead(x, now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(tcp_history_tests, fixture)

BOOST_AUTO_TEST_CASE(where_much_is_lost_more_must_be_lost_in_a_row) {
  BOOST_TEST(timeouts() == 3u);
  send(1000, 50);
  BOOST_TEST(timeouts() == 3u);
  send(0, 100);
  BOOST_TEST(timeouts() == 4u);
  send(0, 350);
  BOOST_TEST(timeouts() == 7u);
}

BOOST_AUTO_TEST_CASE(the_repeats_of_a_host_that_has_just_died_are_no_losses) {
  send(40, 10);
  x.repeats = 10;
  BOOST_TEST(timeouts() == 3u);
  x = {};
  send(20, 10);
  BOOST_TEST(timeouts() == 3u);
}

BOOST_AUTO_TEST_CASE(what_was_lost_long_ago_does_not_count) {
  pass({});
  send(1'000'000, 0);
  pass(minutes{1});
  pass(minutes{1});
  send(100, 30);
  BOOST_TEST(timeouts() == 7u);
  for (int i = 0; i < 3; ++i) {
    pass(minutes{1});
    send(100, 0);
  }
  BOOST_TEST(timeouts() == 3u);
}

// If 10 % of all segments are lost, one probe in 1000 has three timeouts in a
// row. The loop stands for an hour with one probe per second.
BOOST_AUTO_TEST_CASE(who_is_asked_again_and_again_is_not_found_dead_by_chance) {
  double risk = 0;
  for (int i = 0; i < 3600; ++i) {
    auto chance = 0.1;
    for (auto n = timeouts(); n > 0; --n)
      chance *= 0.1;
    risk += chance;
    history.answered(now);
    pass(seconds{1});
  }
  BOOST_TEST(risk < 0.01);
}

BOOST_AUTO_TEST_CASE(a_few_answers_change_nothing_and_many_are_forgotten) {
  for (int i = 0; i < 3; ++i)
    history.answered(now);
  BOOST_TEST(timeouts() == 3u);
  history.answered(now);
  BOOST_TEST(timeouts() == 4u);
  for (int i = 0; i < 1000; ++i)
    history.answered(now);
  BOOST_TEST(timeouts() > 5u);
  pass(minutes{10});
  BOOST_TEST(timeouts() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
