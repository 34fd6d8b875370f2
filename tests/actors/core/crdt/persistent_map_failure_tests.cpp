#include <cstdint>
#include <new>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/crdt/sum_of_numbers.hpp"
#include "tests/support/failing_memory.hpp"
#include <cafmesh/detail/persistent_map.hpp>
#include <cafmesh/observed_remove_set.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a sorted map whose changes fail half-way.
namespace {

// A value that cannot be moved once `moves_left` is 0.
std::size_t moves_left = SIZE_MAX;
struct fragile {
  explicit fragile(int number) : n(number) {
  }
  fragile(const fragile&) = default;
  fragile(fragile&& x) : n(x.n) {
    if (moves_left == 0)
      throw std::bad_alloc{};
    --moves_left;
  }
  fragile& operator=(const fragile&) = default;
  int n;
};

using map = persistent_map<fragile, no_summary>;

std::string key_of(int number) {
  return "key " + std::to_string(1000 + number);
}

using numbers = persistent_map<int, sum_of_numbers, int>;

numbers full_chunks() {
  numbers result;
  for (int i = 0; i < 40 * 32; ++i)
    result.set(2 * i, i);
  return result;
}

// One chunk in the middle has only 8 items.
numbers one_thin_chunk() {
  auto result = full_chunks();
  for (int i = 20 * 32; i < 20 * 32 + 24; ++i)
    result.erase(2 * i);
  return result;
}

template <class F>
bool has_memory_for(const F& change, std::size_t allocations) {
  failing_memory memory{allocations};
  try {
    change();
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

// Lets each allocation of a change fail in turn.
// @param make returns an object that shares no memory
// @returns how many allocations the change makes
template <class Make, class F, class Check>
std::size_t fail_each(const Make& make, const F& change, const Check& check) {
  for (std::size_t n = 0; memory_can_fail(); ++n) {
    auto x = make();
    if (has_memory_for([&] { change(x); }, n))
      return n;
    check(x);
  }
  return SIZE_MAX;
}

void check_same(const numbers& x, const numbers& expected) {
  BOOST_TEST_REQUIRE((x == expected));
  BOOST_TEST_REQUIRE(x.summary().sum == expected.summary().sum);
  BOOST_TEST_REQUIRE(x.summary(500, 2000).first.sum
                     == expected.summary(500, 2000).first.sum);
}

} // namespace

BOOST_AUTO_TEST_SUITE(persistent_map_failure_tests)

BOOST_AUTO_TEST_CASE(a_merge_that_fails_leaves_the_map_as_it_was) {
  map x;
  for (int i = 0; i < 1000; i += 2)
    x.set(key_of(i), fragile{i});
  map::new_items more;
  for (int i = 0; i < 1000; ++i)
    more.add(key_of(i), fragile{-i}, {});
  moves_left = 700;
  BOOST_CHECK_THROW(
    x.merge(std::move(more), [](const auto&, const auto&) { return true; }),
    std::bad_alloc);
  moves_left = SIZE_MAX;
  BOOST_TEST_REQUIRE(x.size() == 500u);
  for (int i = 0; i < 1000; i += 2)
    BOOST_TEST_REQUIRE((x.find(key_of(i)) && x.find(key_of(i))->n == i));
}

BOOST_AUTO_TEST_CASE(an_insertion_that_fails_leaves_the_map_as_it_was) {
  const auto expected = full_chunks();
  const auto allocations = fail_each(
    full_chunks, [](numbers& x) { x.set(20 * 32 * 2 + 33, 7); },
    [&](const numbers& x) { check_same(x, expected); });
  BOOST_TEST(allocations > 5u);
}

BOOST_AUTO_TEST_CASE(an_erasure_that_fails_leaves_the_map_as_it_was) {
  const auto expected = one_thin_chunk();
  const auto allocations = fail_each(
    one_thin_chunk, [](numbers& x) { x.erase(20 * 32 * 2 + 50); },
    [&](const numbers& x) { check_same(x, expected); });
  BOOST_TEST(allocations > 5u);
}

BOOST_AUTO_TEST_CASE(ranges_that_cannot_be_joined_stay) {
  const peer_uid who{1};
  const auto scattered = [&] {
    dot_ranges result;
    for (std::uint64_t i = 1; i < 200; i += 2)
      result.insert(who, i, i);
    return result;
  };
  const auto expected = scattered();
  fail_each(
    scattered, [&](dot_ranges& x) { x.insert(who, 20, 180); },
    [&](const dot_ranges& x) { BOOST_TEST_REQUIRE((x == expected)); });
}

BOOST_AUTO_TEST_CASE(an_addition_that_failed_half_way_can_be_removed) {
  const auto added =
    *observed_remove_set{}.add("an element on the heap", peer_uid{1});
  observed_remove_set whole, expected;
  whole.merge(added);
  const auto removed = whole.remove("an element on the heap");
  expected.merge(removed);
  fail_each([] { return observed_remove_set{}; },
            [&](observed_remove_set& x) { x.merge(added); },
            [&](observed_remove_set& x) {
              x.merge(removed);
              BOOST_TEST_REQUIRE((x == expected));
              BOOST_TEST_REQUIRE(x.size() == 0u);
            });
}

BOOST_AUTO_TEST_SUITE_END()
