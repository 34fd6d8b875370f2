#include "actors/core/limits/line_limit.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

namespace {

struct fixture {
  instant now{1h};
  line_limit lines;

  bool writes(const std::string& topic) {
    return lines.take_line(topic, now).has_value();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(line_limit_tests, fixture)

BOOST_AUTO_TEST_CASE(each_topic_has_one_line_per_minute) {
  BOOST_TEST(writes("x"));
  BOOST_TEST(writes("y"));
  now += 59s;
  BOOST_TEST(!writes("x"));
  now += 1s;
  BOOST_TEST(writes("x"));
}

BOOST_AUTO_TEST_CASE(the_next_line_says_how_many_were_left_out) {
  BOOST_TEST(*lines.take_line("x", now) == 0u);
  for (int i = 0; i < 12; ++i)
    writes("x");
  now += 1min;
  auto left_out = lines.take_line("x", now);
  BOOST_TEST_REQUIRE(left_out.has_value());
  BOOST_TEST(left_out_text(*left_out) == " (12 more left out)");
  now += 1min;
  BOOST_TEST(left_out_text(*lines.take_line("x", now)) == "");
}

BOOST_AUTO_TEST_CASE(any_number_of_topics_has_a_bounded_number_of_lines) {
  std::size_t written = 0;
  for (int i = 0; i < 10'000; ++i)
    written += writes(std::to_string(i)) ? 1 : 0;
  BOOST_TEST(written == line_limit::most_topics + 1);
  now += 1min;
  BOOST_TEST(writes("late"));
}

BOOST_AUTO_TEST_SUITE_END()
