#include "actors/core/remote/topic_gaps.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace cafmesh::remote;

BOOST_AUTO_TEST_SUITE(topic_gaps_tests)

BOOST_AUTO_TEST_CASE(messages_before_the_first_are_not_missed) {
  topic_gaps gaps;
  gaps.heard("news", 1, 100);
  gaps.heard("news", 1, 101);
  BOOST_TEST(gaps.missed() == 0u);
}

BOOST_AUTO_TEST_CASE(numbers_that_do_not_come_are_missed) {
  topic_gaps gaps;
  for (auto number : {1, 2, 5, 6, 10})
    gaps.heard("news", 1, number);
  BOOST_TEST(gaps.missed() == 5u);
}

BOOST_AUTO_TEST_CASE(each_publisher_and_topic_has_numbers_of_its_own) {
  topic_gaps gaps;
  gaps.heard("news", 1, 1);
  gaps.heard("news", 2, 50);
  gaps.heard("weather", 1, 9);
  gaps.heard("news", 1, 2);
  BOOST_TEST(gaps.missed() == 0u);
  BOOST_TEST(gaps.size() == 3u);
}

BOOST_AUTO_TEST_CASE(what_comes_late_was_not_missed) {
  topic_gaps gaps;
  for (auto number : {3, 7, 5, 4, 6, 2})
    gaps.heard("news", 1, number);
  BOOST_TEST(gaps.missed() == 0u);
}

BOOST_AUTO_TEST_CASE(a_topic_that_is_forgotten_begins_anew) {
  topic_gaps gaps;
  gaps.heard("news", 1, 1);
  gaps.heard("news", 1, 3);
  gaps.forget("news");
  gaps.heard("news", 1, 100);
  BOOST_TEST(gaps.missed() == 1u);
  BOOST_TEST(gaps.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_forged_number_far_ahead_is_not_counted) {
  topic_gaps gaps;
  gaps.heard("news", 1, 1);
  gaps.heard("news", 1, std::uint64_t{1} << 60);
  gaps.heard("news", 1, 2);
  gaps.heard("news", 1, 3);
  BOOST_TEST(gaps.missed() == 0u);
}

BOOST_AUTO_TEST_CASE(repeated_numbers_do_not_make_the_count_negative) {
  topic_gaps gaps;
  for (auto number : {1, 1, 1, 2})
    gaps.heard("news", 1, number);
  BOOST_TEST(gaps.missed() == 0u);
}

BOOST_AUTO_TEST_CASE(made_up_publishers_take_bounded_memory) {
  topic_gaps gaps;
  gaps.heard("forgotten", 1, 1);
  gaps.forget("forgotten");
  for (std::uint64_t i = 0; i < topic_gaps::most + 1000; ++i)
    gaps.heard("news", i, 1);
  BOOST_TEST(gaps.size() == topic_gaps::most);
}

BOOST_AUTO_TEST_CASE(a_number_65536_ahead_counts_and_one_farther_does_not) {
  const std::uint64_t far = 65536;
  topic_gaps gaps;
  gaps.heard("news", 1, 10);
  gaps.heard("news", 1, 12);
  gaps.heard("news", 1, 12 + far); // 11 and all after 12 are missing
  BOOST_TEST(gaps.missed() == far);
  gaps.heard("news", 1, 12 + far + far + 1);
  BOOST_TEST(gaps.missed() == far);
  gaps.heard("news", 1, 12 + far + far + 3);
  BOOST_TEST(gaps.missed() == far + 1);
}

BOOST_AUTO_TEST_CASE(a_number_65536_behind_counts_and_one_farther_does_not) {
  const std::uint64_t far = 65536;
  const std::uint64_t first = 100'000;
  for (auto number : {first - far, first - far - 1}) {
    topic_gaps gaps;
    gaps.heard("news", 1, first);
    gaps.heard("news", 1, first + 2);
    BOOST_TEST(gaps.missed() == 1u);
    gaps.heard("news", 1, number);
    BOOST_TEST(gaps.missed() == (number == first - far ? far : 1));
  }
}

BOOST_AUTO_TEST_CASE(the_publisher_heard_the_longest_ago_gives_way) {
  topic_gaps gaps;
  for (std::uint64_t i = 1; i <= topic_gaps::most; ++i)
    gaps.heard("news", i, 1);
  gaps.heard("news", 1, 3); // number 2 is missing
  gaps.heard("news", 2, 2);
  gaps.heard("weather", 1, 1); // publisher 3 is forgotten
  BOOST_TEST(gaps.size() == topic_gaps::most);
  BOOST_TEST(gaps.missed() == 1u);
  gaps.heard("news", 1, 4);
  BOOST_TEST(gaps.missed() == 1u);
  gaps.heard("news", 3, 9); // is new, so publisher 4 is forgotten
  gaps.heard("news", 4, 9);
  BOOST_TEST(gaps.missed() == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_missed_counts_after_its_publisher_gave_way) {
  topic_gaps gaps;
  gaps.heard("news", 0, 1);
  gaps.heard("news", 0, 4);
  for (std::uint64_t i = 1; i <= topic_gaps::most; ++i)
    gaps.heard("news", i, 1);
  BOOST_TEST(gaps.size() == topic_gaps::most);
  BOOST_TEST(gaps.missed() == 2u);
}

BOOST_AUTO_TEST_CASE(only_the_topic_that_is_forgotten_is) {
  topic_gaps gaps;
  for (auto topic : {"a", "b", "bb", "c"})
    for (std::uint64_t publisher : {0, 1, 2})
      gaps.heard(topic, publisher, 1);
  gaps.forget("b");
  BOOST_TEST(gaps.size() == 9u);
  gaps.forget("c");
  gaps.forget("nothing of this name");
  BOOST_TEST(gaps.size() == 6u);
  gaps.heard("bb", 1, 3);
  BOOST_TEST(gaps.missed() == 1u);
}

BOOST_AUTO_TEST_CASE(the_count_is_what_was_lost_in_any_order) {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    std::mt19937 random{seed};
    std::vector<std::uint64_t> numbers;
    std::uint64_t lost = 0;
    for (std::uint64_t i = 1; i <= 200; ++i)
      if (random() % 10 == 0 && i > 1 && i < 200)
        ++lost;
      else
        numbers.push_back(i);
    for (std::size_t i = 1; i < numbers.size(); ++i)
      std::swap(numbers[i],
                numbers[i - random() % std::min(i, std::size_t{4})]);
    topic_gaps gaps;
    for (auto x : numbers)
      gaps.heard("news", 1, x);
    BOOST_TEST(gaps.missed() == lost, "seed " << seed);
  }
}

BOOST_AUTO_TEST_SUITE_END()
