#include "actors/core/limits/refused_remotes.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

namespace {

struct fixture {
  void refuse(const std::string& address, const std::string& reason) {
    now += 1s;
    all.add(address, reason, now);
  }
  inbound_status status() const {
    return all.status(now);
  }

  instant now = instant{} + 24h;
  refused_remotes all;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(refused_remotes_tests, fixture)

BOOST_AUTO_TEST_CASE(reasons_are_counted_by_their_codes) {
  refuse("10.0.0.1:1", "cannot_open: a frame");
  refuse("10.0.0.2:1", "cannot_open");
  refuse("10.0.0.2:2", "system_error(timeout)");
  BOOST_TEST(status().refused.size() == 2u);
  BOOST_TEST(status().refused["cannot_open"] == 2u);
  BOOST_TEST(status().refused["system_error"] == 1u);
}

BOOST_AUTO_TEST_CASE(the_latest_of_each_host_is_kept) {
  refuse("10.0.0.1:1", "cannot_open");
  refuse("[fd00::1]:7", "bad_header");
  refuse("10.0.0.1:2", "timed_out: x");
  now += 5s;
  auto latest = status().latest;
  BOOST_TEST_REQUIRE(latest.size() == 2u);
  BOOST_TEST(latest[0].address == "10.0.0.1:2");
  BOOST_TEST(latest[0].reason == "timed_out: x");
  BOOST_TEST(latest[0].times == 2u);
  BOOST_TEST((latest[0].ago == 5s));
  BOOST_TEST(latest[1].address == "[fd00::1]:7");
}

BOOST_AUTO_TEST_CASE(hosts_are_forgotten_after_an_hour_but_not_the_counts) {
  refuse("10.0.0.1:1", "cannot_open");
  now += 30min;
  refuse("10.0.0.2:1", "cannot_open");
  now += 31min;
  BOOST_TEST_REQUIRE(status().latest.size() == 1u);
  BOOST_TEST(status().latest[0].address == "10.0.0.2:1");
  BOOST_TEST(status().refused["cannot_open"] == 2u);
}

BOOST_AUTO_TEST_CASE(one_host_cannot_push_out_the_others) {
  refuse("10.0.0.1:1", "cannot_open");
  for (int i = 1; i < 1000; ++i)
    refuse("10.0.0.2:" + std::to_string(i), "connection_closed");
  BOOST_TEST(status().latest.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_limited_number_of_hosts_is_kept) {
  for (int i = 0; i < 100; ++i)
    refuse("10.0.0." + std::to_string(i) + ":1", "cannot_open");
  BOOST_TEST(status().latest.size() == refused_remotes::most_hosts);
  BOOST_TEST(status().latest[0].address == "10.0.0.99:1");
}

BOOST_AUTO_TEST_SUITE_END()
