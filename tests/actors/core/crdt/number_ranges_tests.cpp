#include "actors/core/crdt/number_ranges.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

namespace {

using numbers = std::set<std::uint64_t>;

std::string text(const number_ranges& xs) {
  std::string result;
  for (const auto& [first, last] : xs.ranges())
    result += (result.empty() ? "" : " ") + std::to_string(first) + "-"
              + std::to_string(last);
  return result;
}

number_ranges ranges(const numbers& xs) {
  number_ranges result;
  for (auto x : xs)
    result.insert(x);
  return result;
}

numbers some_numbers(std::mt19937& rng) {
  numbers result;
  for (auto count = rng() % 20; count > 0; --count)
    result.insert(1 + rng() % 30);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(number_ranges_tests)

BOOST_AUTO_TEST_CASE(neighbours_become_one_range) {
  number_ranges x;
  x.insert(3, 4);
  x.insert(8, 9);
  BOOST_TEST(text(x) == "3-4 8-9");
  x.insert(5);
  BOOST_TEST(text(x) == "3-5 8-9");
  x.insert(7);
  BOOST_TEST(text(x) == "3-5 7-9");
  x.insert(6);
  BOOST_TEST(text(x) == "3-9");
}

BOOST_AUTO_TEST_CASE(a_range_absorbs_the_ranges_that_it_overlaps) {
  auto x = ranges({1, 5, 7, 9, 20});
  x.insert(4, 8);
  BOOST_TEST(text(x) == "1-1 4-9 20-20");
  x.insert(1, 30);
  BOOST_TEST(text(x) == "1-30");
}

BOOST_AUTO_TEST_CASE(ranges_agree_with_a_plain_set) {
  std::mt19937 rng{1};
  for (int round = 0; round < 500; ++round) {
    auto a = some_numbers(rng), b = some_numbers(rng);
    auto both = ranges(a);
    both.insert(ranges(b));
    auto rest = ranges(a).without(ranges(b));
    for (std::uint64_t i = 1; i < 32; ++i) {
      BOOST_REQUIRE(both.contains(i) == (a.count(i) + b.count(i) > 0));
      BOOST_REQUIRE(rest.contains(i) == (a.count(i) > 0 && b.count(i) == 0));
    }
    BOOST_REQUIRE(both.last() == std::max(ranges(a).last(), ranges(b).last()));
  }
}

BOOST_AUTO_TEST_SUITE_END()
