#include "actors/core/limits/line_budget.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

// Tests of the limit on how often log lines of one kind are written.
BOOST_AUTO_TEST_SUITE(line_budget_tests)

BOOST_AUTO_TEST_CASE(many_lines_may_be_written_at_once_and_then_ten_a_second) {
  line_budget lines;
  instant now{1h};
  auto admitted = [&] {
    int result = 0;
    for (int i = 0; i < 1000; ++i)
      result += lines.take_line(now) ? 1 : 0;
    return result;
  };
  BOOST_TEST(admitted() == 200);
  now += 1s;
  BOOST_TEST(admitted() == 10);
}

BOOST_AUTO_TEST_CASE(a_line_says_how_many_were_left_out_before_it) {
  line_budget lines;
  instant now{1h};
  for (std::uint32_t i = 0; i < line_budget::at_once; ++i)
    BOOST_TEST(*lines.take_line(now) == 0u);
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(!lines.take_line(now));
  now += line_budget::interval;
  BOOST_TEST(*lines.take_line(now) == 3u);
  now += line_budget::interval;
  BOOST_TEST(*lines.take_line(now) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
