#include "actors/core/limits/stranger_limits.hpp"

#include <optional>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

namespace {

ip_address ip(const std::string& text) {
  return ip_address::parse(text).value();
}

struct fixture {
  stranger_limits::options opts;
  instant now{12h};
  std::optional<stranger_limits> limits{std::in_place, opts, now};
  std::uint64_t last = 0;

  void restart() {
    limits.emplace(opts, now);
  }
  connection_id id(std::uint64_t x) {
    return connection_id{x};
  }
  stranger_limits::verdict come(const std::string& from) {
    return limits->arrived(ip(from), id(++last), now);
  }
  std::size_t accepted_of(std::size_t times, const std::string& from) {
    std::size_t result = 0;
    for (std::size_t i = 0; i < times; ++i)
      result += come(from).refused ? 0u : 1u;
    return result;
  }
  static std::string numbered(std::size_t x) {
    return "10." + std::to_string(x / 65536) + "."
           + std::to_string(x / 256 % 256) + "." + std::to_string(x % 256);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(stranger_limits_tests, fixture)

// -- rates

BOOST_AUTO_TEST_CASE(each_source_has_its_own_bucket) {
  BOOST_TEST(accepted_of(80, "10.0.0.1") == 50u);
  BOOST_TEST(accepted_of(80, "10.0.0.2") == 50u);
  now += 100ms;
  BOOST_TEST(accepted_of(80, "10.0.0.1") == 5u);
}

BOOST_AUTO_TEST_CASE(an_ipv6_64_is_one_source) {
  BOOST_TEST(accepted_of(30, "fd00::1") == 30u);
  BOOST_TEST(accepted_of(30, "fd00::ffff:2") == 20u);
  BOOST_TEST(accepted_of(30, "fd00:0:0:1::1") == 30u);
}

BOOST_AUTO_TEST_CASE(an_ipv4_address_is_a_source_of_its_own) {
  BOOST_TEST(accepted_of(50, "10.0.0.1") == 50u);
  BOOST_TEST(accepted_of(50, "::ffff:10.0.0.2") == 50u);
  BOOST_TEST(limits->sources() == 2u);
}

BOOST_AUTO_TEST_CASE(refused_connections_are_no_strangers) {
  accepted_of(80, "10.0.0.1");
  BOOST_TEST(limits->strangers() == 50u);
}

// -- numbers

BOOST_AUTO_TEST_CASE(a_source_beyond_its_share_loses_its_oldest) {
  opts.most_per_source = 2;
  restart();
  come("10.0.0.9");
  come("10.0.0.1");
  come("10.0.0.1");
  BOOST_TEST((come("10.0.0.1").evicted == id(2)));
  BOOST_TEST((come("10.0.0.1").evicted == id(3)));
  BOOST_TEST(limits->strangers() == 3u);
}

BOOST_AUTO_TEST_CASE(the_source_with_most_strangers_makes_room) {
  opts.most = 4;
  restart();
  come("10.0.0.9");
  come("10.0.0.1");
  come("10.0.0.1");
  come("10.0.0.8");
  BOOST_TEST((come("10.0.0.7").evicted == id(2)));
  BOOST_TEST((come("10.0.0.1").evicted == id(3)));
}

BOOST_AUTO_TEST_CASE(among_equal_sources_the_oldest_stranger_is_closed) {
  opts.most = 2;
  restart();
  come("10.0.0.1");
  come("10.0.0.2");
  BOOST_TEST((come("10.0.0.3").evicted == id(1)));
}

BOOST_AUTO_TEST_CASE(strangers_that_have_left_make_room) {
  opts.most = 2;
  restart();
  come("10.0.0.1");
  come("10.0.0.1");
  limits->release(id(1));
  limits->release(id(1));
  limits->release(id(77));
  BOOST_TEST(!come("10.0.0.1").evicted);
  BOOST_TEST(limits->strangers() == 2u);
}

// -- memory

BOOST_AUTO_TEST_CASE(idle_sources_are_forgotten) {
  for (std::size_t i = 0; i < 100; ++i) {
    come(numbered(i));
    limits->release(id(last));
  }
  BOOST_TEST(limits->sources() == 100u);
  now += 2min;
  come("10.9.9.9");
  BOOST_TEST(limits->sources() == 1u);
}

BOOST_AUTO_TEST_CASE(a_source_with_a_stranger_is_not_forgotten) {
  come("10.0.0.1");
  now += 2min;
  come("10.0.0.2");
  BOOST_TEST(limits->sources() == 2u);
  limits->release(id(1));
  BOOST_TEST(limits->strangers() == 1u);
}

BOOST_AUTO_TEST_CASE(beyond_the_table_sources_share_the_quotas_of_one) {
  opts.most_sources = 10;
  restart();
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < 200; ++i)
    accepted += come(numbered(i)).refused ? 0u : 1u;
  BOOST_TEST(limits->sources() == 10u);
  BOOST_TEST(accepted == 10u + opts.burst);
}

// -- lines of the log

BOOST_AUTO_TEST_CASE(ten_connections_of_a_source_are_logged_per_minute) {
  std::size_t told = 0;
  for (int i = 0; i < 80; ++i)
    told += come("10.0.0.1").quiet ? 0u : 1u;
  BOOST_TEST(told == 10u);
  BOOST_TEST(!come("10.0.0.2").quiet);
  now += 1min;
  for (int i = 0; i < 80; ++i)
    told += come("10.0.0.1").quiet ? 0u : 1u;
  BOOST_TEST(told == 20u);
}

BOOST_AUTO_TEST_CASE(connections_without_a_line_are_counted) {
  BOOST_TEST(!limits->has_unlogged());
  accepted_of(80, "fd00::1");
  BOOST_TEST(limits->has_unlogged());
  auto reports = limits->take_reports();
  BOOST_TEST_REQUIRE(reports.size() == 1u);
  BOOST_TEST(reports[0].source == "fd00::/64");
  BOOST_TEST(reports[0].unlogged == 70u);
  BOOST_TEST(reports[0].refused == 30u);
  BOOST_TEST(!limits->has_unlogged());
  BOOST_TEST(limits->take_reports().empty());
}

BOOST_AUTO_TEST_CASE(many_sources_have_few_lines_together) {
  std::size_t told = 0;
  for (std::size_t i = 0; i < 3000; ++i)
    told += come(numbered(i)).quiet ? 0u : 1u;
  BOOST_TEST(told == 200u);
  auto reports = limits->take_reports();
  BOOST_TEST(reports.size() == 11u);
  BOOST_TEST(reports.back().source == "other addresses");
  BOOST_TEST(reports.back().unlogged == 2790u);
}

BOOST_AUTO_TEST_CASE(a_single_connection_of_other_addresses_is_reported) {
  opts.lines_per_source = 1;
  restart();
  for (int i = 0; i < 2; ++i)
    for (auto source : {"10.0.0.1", "10.0.0.2"})
      come(source);
  auto reports = limits->take_reports();
  BOOST_TEST_REQUIRE(reports.size() == 2u);
  BOOST_TEST(reports.back().source == "other addresses");
  BOOST_TEST(reports.back().unlogged == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
