#include "actors/core/gossip/recently_seen.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

namespace {

struct fixture {
  instant now{1h};
  recently_seen seen{30s, 4711, 3};

  bool is_new(std::uint8_t update) {
    return seen.is_new(bytes{update}, now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(recently_seen_tests, fixture)

BOOST_AUTO_TEST_CASE(the_same_bytes_are_new_only_once) {
  BOOST_TEST(is_new(1));
  BOOST_TEST(!is_new(1));
  BOOST_TEST(is_new(2));
  BOOST_TEST(!is_new(1));
}

BOOST_AUTO_TEST_CASE(an_update_is_new_again_after_the_interval) {
  is_new(1);
  now += 30s;
  BOOST_TEST(!is_new(1));
  now += 1ns;
  BOOST_TEST(is_new(1));
}

BOOST_AUTO_TEST_CASE(seeing_an_update_again_does_not_extend_its_time) {
  is_new(1);
  now += 20s;
  BOOST_TEST(!is_new(1));
  now += 11s;
  BOOST_TEST(is_new(1));
}

BOOST_AUTO_TEST_CASE(expired_updates_take_no_room) {
  is_new(1);
  is_new(2);
  now += 31s;
  is_new(3);
  BOOST_TEST(seen.size() == 1u);
}

BOOST_AUTO_TEST_CASE(beyond_the_capacity_the_oldest_is_forgotten) {
  for (std::uint8_t update = 1; update <= 4; ++update)
    is_new(update);
  BOOST_TEST(seen.size() == 3u);
  BOOST_TEST(!is_new(2));
  BOOST_TEST(is_new(1));
}

BOOST_AUTO_TEST_CASE(a_step_back_in_time_forgets_nothing) {
  is_new(1);
  now -= 1h;
  BOOST_TEST(!is_new(1));
  BOOST_TEST(is_new(2));
  now += 1h + 31s;
  BOOST_TEST(is_new(1));
  BOOST_TEST(is_new(2));
}

BOOST_AUTO_TEST_CASE(with_capacity_0_everything_is_new) {
  recently_seen none{30s, 4711, 0};
  BOOST_TEST(none.is_new(bytes{1}, now));
  BOOST_TEST(none.is_new(bytes{1}, now));
  BOOST_TEST(none.size() == 0u);
}

BOOST_AUTO_TEST_CASE(an_empty_update_is_an_update) {
  BOOST_TEST(seen.is_new({}, now));
  BOOST_TEST(!seen.is_new({}, now));
}

BOOST_AUTO_TEST_SUITE_END()
