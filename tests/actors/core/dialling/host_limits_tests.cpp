#include "actors/core/dialling/host_limits.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(host_limits_tests)

BOOST_AUTO_TEST_CASE(a_host_has_a_burst_and_then_a_rate) {
  host_limits limits{2, 1s};
  instant now{1h};
  auto attempt = [&](const std::string& address) {
    if (!limits.allows(address, now))
      return false;
    limits.attempted(address, now);
    return true;
  };
  BOOST_TEST((attempt("10.0.0.1:1") && attempt("10.0.0.1:2")));
  BOOST_TEST(!attempt("10.0.0.1:3"));
  BOOST_TEST(attempt("10.0.0.2:3"));
  now += 1s;
  BOOST_TEST((attempt("10.0.0.1:3") && !attempt("10.0.0.1:3")));
}

BOOST_AUTO_TEST_CASE(a_host_is_one_ipv4_address_or_an_ipv6_64) {
  host_limits limits{1, 1s};
  instant now{1h};
  for (auto x : {"10.0.0.1:1", "[fe80::1%eth0]:1", "[fd00::1]:1"})
    limits.attempted(x, now);
  for (auto x : {"10.0.0.1:9", "[::ffff:10.0.0.1]:1", "[fe80::2%eth1]:1",
                 "[fd00::ffff:1]:1"})
    BOOST_TEST(!limits.allows(x, now), x);
  for (auto x : {"10.0.0.2:1", "[fd00:0:0:1::1]:1"})
    BOOST_TEST(limits.allows(x, now), x);
}

BOOST_AUTO_TEST_CASE(loopback_is_not_limited) {
  host_limits limits{1, 1s};
  instant now{1h};
  for (auto x : {"127.0.0.1:1", "127.1.2.3:1", "[::1]:1", "[::2]:1"}) {
    limits.attempted(x, now);
    BOOST_TEST(limits.allows(x, now) == (x != std::string{"[::2]:1"}), x);
  }
}

BOOST_AUTO_TEST_CASE(refilled_hosts_are_forgotten) {
  host_limits limits{2, 1s};
  instant now{1h};
  limits.attempted("10.0.0.1:1", now);
  limits.attempted("10.0.0.2:1", now);
  limits.attempted("10.0.0.2:1", now);
  now += 1s;
  limits.forget_refilled(now);
  BOOST_TEST(limits.size() == 1u);
  now += 1s;
  limits.forget_refilled(now);
  BOOST_TEST(limits.size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
