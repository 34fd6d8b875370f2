#include <cafmesh/detail/dot_ranges.hpp>

#include <map>
#include <random>
#include <string>

#include <boost/test/unit_test.hpp>

#include "actors/core/crdt/number_ranges.hpp"
#include "tests/support/heap.hpp"
#include <cafmesh/detail/dot_set.hpp>

using namespace cafmesh;

// Tests of the dots of a set, which are stored as ranges of numbers.
namespace {

/// A simpler form of `dot_ranges`, for comparison.
using reference = std::map<peer_uid, number_ranges>;

std::string text(const dot_ranges& xs) {
  std::string result;
  for (const auto& [first, range] : xs.all())
    result += std::to_string(value_of(first.who)) + ":"
              + std::to_string(first.number) + "-" + std::to_string(range.last)
              + " ";
  return result;
}

std::string text(const reference& xs) {
  std::string result;
  for (const auto& [who, numbers] : xs)
    for (const auto& [first, last] : numbers.ranges())
      result += std::to_string(value_of(who)) + ":" + std::to_string(first)
                + "-" + std::to_string(last) + " ";
  return result;
}

struct random_ranges {
  std::mt19937 rng{3};
  dot_ranges dots;
  reference expected;

  peer_uid who() {
    return peer_uid{1 + rng() % 3};
  }
  std::uint64_t number() {
    return 1 + rng() % 100;
  }
  void insert() {
    const auto x = who();
    const auto first = number(), last = first + rng() % 4;
    dots.insert(x, first, last);
    expected[x].insert(first, last);
  }
  /// The dots from `first` up to, but not including, `end`.
  dot_ranges between(set_dot first, const std::optional<set_dot>& end) {
    dot_ranges result;
    for (std::uint64_t uid = 1; uid <= 3; ++uid)
      for (std::uint64_t i = 1; i < 110; ++i) {
        const set_dot x{peer_uid{uid}, i};
        if (dots.contains(x) && !(x < first) && (!end || x < *end))
          result.insert(x.who, i, i);
      }
    return result;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(dot_ranges_tests)

BOOST_AUTO_TEST_CASE(they_merge_like_ranges_of_numbers) {
  for (int round = 0; round < 20; ++round) {
    random_ranges x;
    x.rng.seed(static_cast<std::uint32_t>(round));
    for (int i = 0; i < 100; ++i) {
      x.insert();
      BOOST_TEST_REQUIRE(text(x.dots) == text(x.expected));
      const set_dot dot{x.who(), x.number()};
      BOOST_TEST_REQUIRE(x.dots.contains(dot)
                         == x.expected[dot.who].contains(dot.number));
      BOOST_TEST_REQUIRE(x.dots.last_of(dot.who) == x.expected[dot.who].last());
    }
  }
}

BOOST_AUTO_TEST_CASE(many_ranges_are_added_at_once) {
  for (bool has_digests : {true, false})
    for (std::uint64_t uid : {1u, 2u, 3u}) {
      dot_ranges x;
      if (!has_digests)
        x = dot_ranges::without_digests();
      x.insert(peer_uid{2}, 2, 3);
      auto expected = x;
      std::vector<std::pair<set_dot, std::uint64_t>> added;
      for (std::uint64_t i = 1; i < 50; ++i) {
        const set_dot first{peer_uid{uid + i / 20}, 3 * i};
        added.emplace_back(first, 3 * i + 1);
        expected.insert(first.who, first.number, 3 * i + 1);
      }
      x.insert(added);
      BOOST_TEST(text(x) == text(expected));
      BOOST_TEST((x == expected));
      BOOST_TEST((x.summary({}, {}).first == expected.summary({}, {}).first));
      x.insert({});
      BOOST_TEST((x == expected));
    }
}

BOOST_AUTO_TEST_CASE(gaps_are_the_numbers_that_are_absent) {
  random_ranges x;
  for (int i = 0; i < 500; ++i) {
    if (i % 10 == 0)
      x.insert();
    const auto who = x.who();
    const auto first = x.number(), last = first + x.rng() % 50;
    number_ranges asked;
    asked.insert(first, last);
    const auto expected = asked.without(x.expected[who]);
    const auto found = x.dots.gaps(who, first, last);
    BOOST_TEST_REQUIRE(found.size() == expected.ranges().size());
    BOOST_TEST_REQUIRE(
      std::equal(found.begin(), found.end(), expected.ranges().begin(),
                 [](const auto& a, const auto& b) {
                   return a.first == b.first && a.second == b.second;
                 }));
  }
}

// A range that crosses a bound counts only with its part between the bounds.
BOOST_AUTO_TEST_CASE(a_summary_tells_of_the_dots_between_its_bounds) {
  random_ranges x;
  for (int i = 0; i < 600; ++i) {
    if (i % 3 == 0)
      x.insert();
    const set_dot first{x.who(), x.rng() % 100};
    std::optional<set_dot> end;
    if (i % 5 != 0)
      end = set_dot{x.who(), x.rng() % 100};
    const auto between = x.between(first, end);
    const auto found = x.dots.summary(first, end);
    const auto expected = between.summary({}, {});
    BOOST_TEST_REQUIRE(found.second == between.size());
    BOOST_TEST_REQUIRE((found.first == expected.first));
  }
}

BOOST_AUTO_TEST_CASE(different_dots_have_different_summaries) {
  random_ranges x;
  for (int i = 0; i < 200; ++i) {
    const auto before = x.dots;
    x.insert();
    BOOST_TEST_REQUIRE((before == x.dots) == (text(before) == text(x.dots)));
    BOOST_TEST_REQUIRE(
      (before.summary({}, {}).first == x.dots.summary({}, {}).first)
      == (text(before) == text(x.dots)));
  }
}

// A summary has to compute all missing digests, so only a few may be missing.
BOOST_AUTO_TEST_CASE(few_ranges_wait_for_their_digests) {
  dot_ranges x;
  std::size_t most = 0;
  for (std::uint64_t i = 1; i <= 2000; ++i) {
    x.insert(peer_uid{1 + i % 1000}, 1 + i / 1000, 1 + i / 1000);
    most = std::max(most, x.all().summary().without_digest);
  }
  BOOST_TEST(most > 1u);
  BOOST_TEST(most <= 32u);
}

BOOST_AUTO_TEST_CASE(a_change_copies_little) {
  dot_ranges x;
  for (std::uint64_t i = 1; i <= 20'000; ++i)
    x.insert(peer_uid{1}, 2 * i, 2 * i);
  const auto before = test::allocated();
  const auto copy = x;
  x.insert(peer_uid{1}, 777, 777);
  BOOST_TEST(test::allocated() - before < 16u * 1024);
  BOOST_TEST(copy.size() == 20'000u);
}

BOOST_AUTO_TEST_CASE(the_dots_of_an_element_ascend) {
  std::mt19937 rng{4};
  dot_set x;
  std::map<set_dot, int> expected;
  for (int i = 0; i < 2000; ++i) {
    const set_dot dot{peer_uid{1 + rng() % 3}, 1 + rng() % 5};
    if (rng() % 2 == 0) {
      x.insert(dot);
      expected[dot] = 1;
    } else if (expected.erase(dot) > 0) {
      x.erase(dot);
    }
    BOOST_TEST_REQUIRE(x.size() == expected.size());
    BOOST_TEST_REQUIRE(x.empty() == expected.empty());
    BOOST_TEST_REQUIRE(
      std::equal(x.begin(), x.end(), expected.begin(),
                 [](set_dot a, const auto& b) { return a == b.first; }));
    const auto copy = x;
    x.insert({peer_uid{9}, 1});
    BOOST_TEST_REQUIRE(!(copy == x));
    x.erase({peer_uid{9}, 1});
    BOOST_TEST_REQUIRE((copy == x));
  }
}

BOOST_AUTO_TEST_SUITE_END()
