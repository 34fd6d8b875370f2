#include "actors/core/limits/held_channels.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

// Tests of the list of channels on which a remote has asked us to stop sending.
namespace {

struct fixture {
  instant now{1h};
  held_channels held;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(held_channels_tests, fixture)

BOOST_AUTO_TEST_CASE(a_hold_concerns_one_channel_until_it_ends) {
  held.hold("busy", now);
  BOOST_TEST(held.has("busy"));
  BOOST_TEST(!held.has("other"));
  held.go_on("busy");
  BOOST_TEST(!held.has("busy"));
  BOOST_TEST(held.empty());
}

BOOST_AUTO_TEST_CASE(a_hold_that_is_not_repeated_ends_by_itself) {
  held.hold("busy", now);
  held.expire(now + held_channels::hold_time - 1ms);
  BOOST_TEST(held.has("busy"));
  held.expire(now + held_channels::hold_time);
  BOOST_TEST(held.empty());
}

BOOST_AUTO_TEST_CASE(a_repeated_hold_lasts_from_the_last_time) {
  held.hold("busy", now);
  held.hold("busy", now + 1s);
  held.expire(now + held_channels::hold_time);
  BOOST_TEST(held.has("busy"));
  held.expire(now + 1s + held_channels::hold_time);
  BOOST_TEST(held.empty());
}

BOOST_AUTO_TEST_CASE(a_remote_can_hold_a_bounded_number_of_channels) {
  for (std::size_t i = 0; i < held_channels::most; ++i)
    held.hold("c" + std::to_string(i), now);
  held.hold("one more", now);
  BOOST_TEST(!held.has("one more"));
  held.go_on("c7");
  held.hold("one more", now);
  BOOST_TEST(held.has("one more"));
}

BOOST_AUTO_TEST_CASE(what_was_never_held_can_go_on) {
  held.go_on("other");
  BOOST_TEST(held.empty());
}

BOOST_AUTO_TEST_SUITE_END()
