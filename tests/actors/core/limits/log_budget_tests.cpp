#include "actors/core/limits/log_budget.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(log_budget_tests)

BOOST_AUTO_TEST_CASE(a_burst_is_written_and_the_rest_is_counted) {
  log_budget lines{3, 1s};
  auto now = instant{} + 1h;
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(lines.take(now));
  BOOST_TEST(!lines.take(now));
  BOOST_TEST(!lines.take(now + 999ms));
  BOOST_TEST(lines.take(now + 1s));
  BOOST_TEST(lines.take_left_out() == 2u);
  BOOST_TEST(lines.take_left_out() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
