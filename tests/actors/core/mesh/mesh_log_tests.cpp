#include "actors/core/mesh/mesh_log.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

namespace {

struct fixture {
  std::vector<std::string> lines;
  mesh_log log{peer_name::from_number(5),
               [this](bool is_warning, const std::string& line) {
                 BOOST_TEST(!is_warning);
                 lines.push_back(line);
               }};
  instant now = instant{} + 1h;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_log_tests, fixture)

BOOST_AUTO_TEST_CASE(the_beginning_and_the_end_of_the_limit_are_logged) {
  log.degree_limit(false, 3, now);
  BOOST_TEST(lines.empty());
  log.degree_limit(true, 60, now);
  log.degree_limit(true, 60, now);
  BOOST_TEST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0].find("60 connections") != std::string::npos);
  log.degree_limit(false, 16, now + 1h);
  BOOST_TEST(lines.size() == 2u);
}

BOOST_AUTO_TEST_CASE(changes_of_the_limit_fill_no_log) {
  for (int i = 0; i < 600; ++i)
    log.degree_limit(i % 2 == 0, 60, now + i * 1s);
  BOOST_TEST(lines.size() <= 10u);
}

BOOST_AUTO_TEST_CASE(the_last_change_of_the_limit_is_logged_later) {
  log.degree_limit(true, 60, now);
  log.degree_limit(false, 16, now + 1s);
  log.degree_limit(false, 16, now + 59s);
  BOOST_TEST(lines.size() == 1u);
  log.degree_limit(false, 16, now + 60s);
  BOOST_TEST_REQUIRE(lines.size() == 2u);
  BOOST_TEST(lines[1].find("no longer") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
