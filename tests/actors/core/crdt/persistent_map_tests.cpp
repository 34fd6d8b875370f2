#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/crdt/sum_of_numbers.hpp"
#include <cafmesh/detail/persistent_map.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a sorted map. Copies of it share memory until they are changed.
namespace {

std::size_t alive = 0; // the number of values that exist
std::size_t sums = 0;  // the number of summaries: one per node and chunk

struct counted {
  explicit counted(int number) : n(number) {
    ++alive;
  }
  counted(const counted& x) : n(x.n) {
    ++alive;
  }
  counted(counted&& x) noexcept : n(x.n) {
    ++alive;
  }
  counted& operator=(const counted&) = default;
  counted& operator=(counted&&) = default;
  ~counted() {
    --alive;
  }
  int n;
};

struct sum_and_greatest {
  sum_and_greatest() {
    ++sums;
  }
  sum_and_greatest(const counted& x, int digest) : sum(digest), greatest(x.n) {
    ++sums;
  }
  sum_and_greatest(const sum_and_greatest& x)
      : sum(x.sum), greatest(x.greatest) {
    ++sums;
  }
  sum_and_greatest& operator=(const sum_and_greatest&) = default;
  ~sum_and_greatest() {
    --sums;
  }
  sum_and_greatest& operator+=(const sum_and_greatest& x) {
    sum += x.sum;
    greatest = std::max(greatest, x.greatest);
    return *this;
  }
  sum_and_greatest& operator-=(const sum_and_greatest& x) {
    sum -= x.sum;
    return *this;
  }
  void clear_bounds() {
    greatest = 0;
  }
  void widen_bounds(const counted& x) {
    greatest = std::max(greatest, x.n);
  }
  static int digest_of(std::string_view, const counted& x) {
    return x.n;
  }
  int sum = 0;
  int greatest = 0;
};

using tested = persistent_map<counted, sum_and_greatest>;
using reference = std::map<std::string, int>;

std::string key_of(std::uint_fast32_t number) {
  return "key " + std::to_string(number);
}

void check_same(const tested& x, const reference& y) {
  BOOST_TEST_REQUIRE(x.size() == y.size());
  auto expected = y.begin();
  std::size_t position = 0;
  for (const auto& [key, value] : x) {
    BOOST_TEST_REQUIRE(key == expected->first);
    BOOST_TEST_REQUIRE(value.n == expected->second);
    BOOST_TEST_REQUIRE(x.nth(position++).first == key);
    BOOST_TEST_REQUIRE(x.find(key) == &value);
    ++expected;
  }
}

sum_and_greatest summary_of(reference::const_iterator from,
                            reference::const_iterator to) {
  sum_and_greatest result;
  for (; from != to; ++from)
    result += {counted{from->second}, from->second};
  return result;
}

constexpr auto never = [](const counted&, const counted&) {
  return false;
};

// The maximum number of nodes on a path in a map of `items` items. Its chunks
// may be only a quarter full.
std::size_t longest_path(std::size_t items) {
  return static_cast<std::size_t>(
    2 * std::log2(static_cast<double>(items) / 8 + 1) + 1);
}

// The number of nodes from the root to the item at a position.
std::size_t path_of(const tested& map, std::size_t position) {
  auto changed = map;
  const auto before = sums;
  changed.set(map.nth(position).first, counted{2});
  return sums - before - 1;
}

struct random_changes {
  std::mt19937 rng{7};
  tested map;
  reference expected;

  void change(std::uint32_t keys) {
    auto key = key_of(rng() % keys);
    if (rng() % 3 == 0) {
      map.erase(key);
      expected.erase(key);
      return;
    }
    auto value = static_cast<int>(rng() % 1000);
    map.set(key, counted{value});
    expected[key] = value;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(persistent_map_tests)

BOOST_AUTO_TEST_CASE(it_behaves_like_a_sorted_map) {
  random_changes x;
  for (int i = 0; i < 3000; ++i) {
    x.change(i < 1500 ? 400 : 40);
    if (i % 100 == 0)
      check_same(x.map, x.expected);
  }
  check_same(x.map, x.expected);
  for (std::uint32_t i = 0; i < 40; ++i)
    x.map.erase(key_of(i));
  for (std::uint32_t i = 0; i < 400; ++i)
    x.map.erase(key_of(i));
  BOOST_TEST(x.map.empty());
  BOOST_TEST((x.map.begin() == x.map.end()));
}

BOOST_AUTO_TEST_CASE(changes_do_not_show_in_copies) {
  random_changes x;
  std::vector<std::pair<tested, reference>> copies;
  for (int i = 0; i < 1000; ++i) {
    x.change(100);
    if (i % 50 == 0)
      copies.emplace_back(x.map, x.expected);
  }
  for (const auto& [map, expected] : copies)
    check_same(map, expected);
}

BOOST_AUTO_TEST_CASE(copies_can_change) {
  random_changes x;
  for (int i = 0; i < 500; ++i)
    x.change(100);
  auto y = x;
  for (int i = 0; i < 500; ++i)
    y.change(100);
  check_same(x.map, x.expected);
  check_same(y.map, y.expected);
}

BOOST_AUTO_TEST_CASE(a_change_copies_only_its_path_and_no_other_value) {
  constexpr std::uint32_t keys = 10'000;
  tested map;
  for (std::uint32_t i = 0; i < keys; ++i)
    map.set(key_of(i), counted{1});
  BOOST_TEST(alive == keys);
  const auto copy = map;
  const auto before = sums;
  map.set(key_of(77), counted{2});
  BOOST_TEST(alive == keys + 1);
  const auto path = sums - before;
  BOOST_TEST(path >= 2u);
  BOOST_TEST(path <= longest_path(keys) + 1);
  map.set(key_of(77), counted{3});
  BOOST_TEST(sums - before == path); // the path is copied once
}

BOOST_AUTO_TEST_CASE(maps_share_items_that_one_takes_from_another) {
  tested from, to;
  for (std::uint32_t i = 0; i < 100; ++i)
    from.set(key_of(i), counted{static_cast<int>(i)});
  for (auto i = from.begin(); i != from.end(); ++i)
    to.set(i);
  BOOST_TEST(alive == 100u);
  BOOST_TEST((to.find(key_of(7)) == from.find(key_of(7))));
  BOOST_TEST(to.summary().sum == from.summary().sum);
}

BOOST_AUTO_TEST_CASE(few_chunks_remain_where_most_items_were_erased) {
  constexpr std::uint32_t keys = 20'000;
  const auto before = sums;
  tested map;
  for (std::uint32_t i = 0; i < keys; ++i)
    map.set(key_of(100'000 + i), counted{1});
  for (std::uint32_t i = 0; i < keys; ++i)
    if (i % 20 != 0)
      map.erase(key_of(100'000 + i));
  BOOST_TEST_REQUIRE(map.size() == keys / 20);
  BOOST_TEST((sums - before) / 2 <= map.size() / 8 + 1);
}

BOOST_AUTO_TEST_CASE(paths_are_short_whatever_the_order_of_insertions) {
  constexpr std::uint32_t keys = 4096;
  for (bool ascending : {true, false}) {
    tested map;
    for (std::uint32_t i = 0; i < keys; ++i)
      map.set(key_of(100'000 + (ascending ? i : keys - i)), counted{1});
    for (std::uint32_t i = 0; i < keys / 2; ++i)
      map.erase(key_of(100'000 + i));
    for (std::size_t i = 0; i < map.size(); i += 64)
      BOOST_TEST(path_of(map, i) <= longest_path(keys));
  }
}

BOOST_AUTO_TEST_CASE(appended_items_are_behind_all_others) {
  random_changes x;
  tested copy;
  reference expected_of_copy;
  for (std::uint32_t i = 0; i < 100'000;) {
    if (x.rng() % 4 == 0) {
      copy = x.map;
      expected_of_copy = x.expected;
    }
    tested::new_items behind;
    for (auto more = x.rng() % 3000; more > 0; --more) {
      auto key = key_of(1'000'000 + i++);
      auto value = static_cast<int>(x.rng() % 1000);
      behind.add(key, counted{value}, value);
      x.expected[key] = value;
    }
    x.map.merge(std::move(behind), never);
  }
  check_same(x.map, x.expected);
  check_same(copy, expected_of_copy);
  BOOST_TEST(x.map.summary().sum
             == summary_of(x.expected.begin(), x.expected.end()).sum);
}

BOOST_AUTO_TEST_CASE(paths_are_short_after_items_were_appended) {
  for (std::size_t at_once : {1, 2, 3, 10, 500, 5000}) {
    tested map;
    int last = 1'000'000;
    while (map.size() < 20'000) {
      tested::new_items behind;
      for (std::size_t i = 0; i < at_once; ++i)
        behind.add(key_of(static_cast<std::uint32_t>(++last)), counted{1}, 1);
      map.merge(std::move(behind), never);
    }
    for (std::size_t i = 0; i < map.size(); i += 97)
      BOOST_TEST(path_of(map, i) <= longest_path(map.size()));
  }
}

BOOST_AUTO_TEST_CASE(of_merged_items_with_one_key_the_winner_stays) {
  random_changes x;
  tested copy;
  reference expected_of_copy;
  auto greater = [](const counted& a, const counted& b) {
    return a.n > b.n;
  };
  for (int round = 0; round < 200; ++round) {
    if (x.rng() % 4 == 0) {
      copy = x.map;
      expected_of_copy = x.expected;
    }
    tested::new_items news;
    for (auto more = x.rng() % 300; more > 0; --more) {
      auto key = key_of(x.rng() % 2000);
      auto value = static_cast<int>(x.rng() % 1000);
      news.add(key, counted{value}, value);
      auto& there = x.expected.emplace(key, value).first->second;
      there = std::max(there, value);
    }
    x.map.merge(std::move(news), greater);
  }
  check_same(x.map, x.expected);
  check_same(copy, expected_of_copy);
  BOOST_TEST(x.map.summary().sum
             == summary_of(x.expected.begin(), x.expected.end()).sum);
  for (std::size_t i = 0; i < x.map.size(); i += 64)
    BOOST_TEST(path_of(x.map, i) <= longest_path(x.map.size()));
}

BOOST_AUTO_TEST_CASE(nothing_is_left_when_the_last_copy_ends) {
  const auto before = alive;
  {
    random_changes x;
    for (int i = 0; i < 500; ++i)
      x.change(100);
    const auto copy = x.map;
    x.change(100);
  }
  BOOST_TEST(alive == before);
}

BOOST_AUTO_TEST_CASE(a_summary_describes_any_range) {
  random_changes x;
  for (int i = 0; i < 1000; ++i)
    x.change(200);
  for (int i = 0; i < 200; ++i) {
    auto first = key_of(x.rng() % 220), last = key_of(x.rng() % 220);
    if (last < first)
      std::swap(first, last);
    const bool to_the_end = i % 5 == 0;
    auto from = x.expected.lower_bound(i % 7 == 0 ? "" : first);
    auto to = to_the_end ? x.expected.end() : x.expected.lower_bound(last);
    auto [found, count] = x.map.summary(
      i % 7 == 0 ? "" : first,
      to_the_end ? std::nullopt : std::optional<std::string_view>{last});
    auto expected = summary_of(from, to);
    BOOST_TEST(found.sum == expected.sum);
    BOOST_TEST(found.greatest == expected.greatest);
    BOOST_TEST(count == static_cast<std::size_t>(std::distance(from, to)));
  }
  BOOST_TEST(x.map.summary().sum
             == summary_of(x.expected.begin(), x.expected.end()).sum);
}

BOOST_AUTO_TEST_CASE(visits_search_only_where_something_matches) {
  tested map;
  for (std::uint32_t i = 0; i < 1024; ++i)
    map.set(key_of(10'000 + i), counted{i % 512 == 3 ? 5 : 1});
  int searched = 0;
  std::vector<std::string> found;
  map.visit(
    [&](const sum_and_greatest& x) {
      ++searched;
      return x.greatest >= 5;
    },
    [&](const auto& x) {
      if (x.second.n >= 5)
        found.push_back(x.first);
    });
  BOOST_TEST((found == std::vector{key_of(10'003), key_of(10'515)}));
  BOOST_TEST(searched < 100);
}

BOOST_AUTO_TEST_CASE(lower_bound_finds_the_first_key_that_is_not_less) {
  tested map;
  for (const auto* key : {"b", "d", "f"})
    map.set(key, counted{1});
  BOOST_TEST(map.lower_bound("")->first == "b");
  BOOST_TEST(map.lower_bound("b")->first == "b");
  BOOST_TEST(map.lower_bound("c")->first == "d");
  BOOST_TEST((map.lower_bound("g") == map.end()));
  auto i = map.lower_bound("c");
  BOOST_TEST((++i)->first == "f");
  BOOST_TEST((++i == map.end()));
}

BOOST_AUTO_TEST_CASE(the_item_before_a_key_is_found) {
  tested map;
  for (const auto* key : {"b", "d", "f"})
    map.set(key, counted{1});
  BOOST_TEST(!map.last_before("b"));
  BOOST_TEST(map.last_before("c")->first == "b");
  BOOST_TEST(map.last_before("f")->first == "d");
  BOOST_TEST(map.last_before("g")->first == "f");
  BOOST_TEST(!tested{}.last_before("g"));
}

BOOST_AUTO_TEST_CASE(values_change_in_place_unless_a_copy_uses_them) {
  persistent_map<std::string, no_summary> map;
  for (std::uint32_t i = 0; i < 100; ++i)
    map.change(key_of(i), [](std::string& x) { x += "a"; });
  const auto copy = map;
  BOOST_TEST((map == copy));
  map.change(key_of(7), [](std::string& x) { x += "b"; });
  BOOST_TEST(map.at(key_of(7)) == "ab");
  BOOST_TEST(copy.at(key_of(7)) == "a");
  BOOST_TEST((map != copy));
  BOOST_TEST(map.size() == 100u);
  BOOST_CHECK_THROW(map.at("absent"), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(a_changed_value_counts_in_the_summary) {
  persistent_map<int, sum_of_numbers, int> numbers;
  for (int i = 50; i > 0; --i)
    numbers.change(i, [i](int& x) { x += 2 * i; });
  numbers.change(7, [](int& x) { ++x; });
  BOOST_TEST(numbers.summary().sum == 50 * 51 + 1);
  BOOST_TEST(numbers.summary(2, 4).first.sum == 10);
  BOOST_TEST(numbers.lower_bound(3)->second == 6);
  BOOST_TEST(numbers.nth(9).first == 10);
}

BOOST_AUTO_TEST_SUITE_END()
