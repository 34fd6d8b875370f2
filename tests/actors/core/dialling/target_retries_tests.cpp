#include "tests/actors/core/dialling/targets_fixture.hpp"

#include <algorithm>
#include <set>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of when the connection maker retries or abandons a target.
BOOST_FIXTURE_TEST_SUITE(target_retries_tests, targets_fixture)

BOOST_AUTO_TEST_CASE(a_failed_attempt_is_repeated_at_its_retry_time) {
  want({"a:1"});
  go();
  fail("a:1");
  auto next = xs.next_due();
  BOOST_TEST_REQUIRE(!!next);
  now = *next - 1ns;
  CHECK_DIALS(nothing);
  now = *next;
  CHECK_DIALS(texts{"a:1"});
}

BOOST_AUTO_TEST_CASE(the_interval_grows_by_half_up_to_its_limit) {
  want({"a:1"});
  for (duration interval = 2s; interval < 6min;
       interval = std::min<duration>(interval * 3 / 2, 6min)) {
    CHECK_DIALS(texts{"a:1"});
    fail("a:1");
    auto delay = delay_of("a:1");
    BOOST_TEST((delay >= interval / 2 && delay < interval * 3 / 2));
    now += delay;
  }
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST((view_of("a:1").interval == 6min));
    go();
    fail("a:1");
    now += delay_of("a:1");
  }
}

BOOST_AUTO_TEST_CASE(delays_are_spread_evenly_around_the_interval) {
  std::vector<int> tenths(10);
  constexpr int n = 10000;
  for (int i = 0; i < n; ++i) {
    want({"a:1"});
    go();
    fail("a:1");
    auto index = (delay_of("a:1") - duration{1s}) / duration{200ms};
    ++tenths.at(static_cast<std::size_t>(index)); // throws outside of 1 to 3 s
  }
  for (int count : tenths)
    BOOST_TEST(std::abs(count - n / 10) < 150); // five standard deviations
}

BOOST_AUTO_TEST_CASE(the_shortest_delay_is_half_the_interval) {
  targets::options opts;
  opts.initial_interval = 2ns;
  xs = targets{opts};
  std::set<duration> delays;
  for (int i = 0; i < 100; ++i) {
    want({"a:1"});
    go();
    fail("a:1");
    delays.insert(delay_of("a:1"));
  }
  BOOST_TEST((delays == std::set<duration>{1ns, 2ns}));
}

BOOST_AUTO_TEST_CASE(seeds_decide_the_delays) {
  auto delay_with = [this](std::uint64_t seed) {
    targets::options opts;
    opts.seed = seed;
    xs = targets{opts};
    want({"a:1"});
    go();
    fail("a:1");
    return delay_of("a:1");
  };
  BOOST_TEST((delay_with(1) == delay_with(1)));
  BOOST_TEST((delay_with(1) != delay_with(2)));
}

BOOST_AUTO_TEST_CASE(after_a_short_connection_the_retry_is_later) {
  want({"a:1"});
  lose("a:1", 1min, errc::connection_closed);
  BOOST_TEST((delay_of("a:1") >= 1s));
  CHECK_DIALS(nothing);
  BOOST_TEST((view_of("a:1").interval == 3s));
}

BOOST_AUTO_TEST_CASE(
  after_a_long_connection_the_retry_is_at_once_and_the_interval_is_reset) {
  want({"a:1"});
  for (int i = 0; i < 5; ++i) {
    go();
    fail("a:1");
    now += delay_of("a:1");
  }
  lose("a:1", 1min + 1ns, errc::connection_closed);
  BOOST_TEST((view_of("a:1").interval == 2s));
  CHECK_DIALS(texts{"a:1"});
}

BOOST_AUTO_TEST_CASE(naming_a_connected_address_does_not_restart_its_time) {
  want({"a:1"});
  go();
  auto id = connect("a:1", "10.0.0.1:1");
  now += 1h;
  want({"a:1"});
  end(id, "a:1");
  CHECK_DIALS(texts{"a:1"});
}

BOOST_AUTO_TEST_CASE(after_a_name_collision_there_is_no_retry) {
  want({"10.0.0.1:1"});
  lose("10.0.0.1:1", 1h, errc::name_collision);
  now += 24h;
  CHECK_DIALS(nothing);
  BOOST_TEST((view_of("10.0.0.1:1").state == target_state::given_up));
  BOOST_TEST(!view_of("10.0.0.1:1").next_try);
  BOOST_TEST(!xs.next_due());
}

BOOST_AUTO_TEST_CASE(after_a_connection_to_ourselves_there_is_no_retry) {
  want({"10.0.0.1:1"});
  lose("10.0.0.1:1", 0s, errc::connected_to_self);
  now += 24h;
  CHECK_DIALS(nothing);
}

BOOST_AUTO_TEST_CASE(naming_an_address_that_was_given_up_dials_it_again) {
  want({"10.0.0.1:1"});
  lose("10.0.0.1:1", 0s, errc::connected_to_self);
  want({"10.0.0.1:1"});
  CHECK_DIALS(texts{"10.0.0.1:1"});
}

BOOST_AUTO_TEST_CASE(giving_up_a_wanted_address_is_reported_once) {
  want({"10.0.0.1:1"});
  go();
  resolve("10.0.0.1:1", {"10.0.0.1"});
  BOOST_TEST((refuse_at("10.0.0.1:1", "10.0.0.1:1", errc::connected_to_self)
              == targets::outcome::given_up));
  BOOST_TEST((refuse_at("10.0.0.1:1", "10.0.0.1:1", errc::connected_to_self)
              == targets::outcome::goes_on));
}

BOOST_AUTO_TEST_CASE(a_name_is_never_given_up) {
  want({"a:1"});
  lose("a:1", 0s, errc::connected_to_self);
  BOOST_TEST((view_of("a:1").state == target_state::waiting));
  now += delay_of("a:1");
  CHECK_DIALS(texts{"a:1"});
}

BOOST_AUTO_TEST_SUITE_END()
