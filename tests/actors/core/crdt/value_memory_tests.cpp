#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/crdt/lww_replica.hpp"
#include "tests/support/heap.hpp"
#include <cafmesh/lww_map.hpp>
#include <cafmesh/observed_remove_set.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the heap memory of maps and sets, also while old copies of them
// exist.
namespace {

constexpr std::size_t entries = 20'000;
constexpr std::size_t size_of_value = 100;

std::string key_of(std::uint64_t number) {
  auto digits = std::to_string(number);
  return "key " + std::string(12 - digits.size(), '0') + digits;
}

void put(lww_map& to, std::uint64_t number) {
  to.merge(
    *to.put(key_of(number), view(std::string(size_of_value, 'v')), peer(9)));
}

lww_map map_in(bool ascending) {
  lww_map result;
  std::mt19937_64 rng{1};
  for (std::size_t i = 0; i < entries; ++i)
    put(result, ascending ? i : rng() % 1'000'000'000);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(value_memory_tests)

BOOST_AUTO_TEST_CASE(a_map_takes_less_than_three_times_its_keys_and_values) {
  for (bool ascending : {true, false}) {
    const auto before = allocated();
    const auto x = map_in(ascending);
    const auto taken = allocated() - before;
    if (taken == 0)
      return; // not known with this sanitizer
    BOOST_TEST(taken < x.bytes_of_content() * 28 / 10);
    BOOST_TEST(x.memory() > taken - taken / 8);
    BOOST_TEST(x.memory() < taken + taken / 8);
  }
}

BOOST_AUTO_TEST_CASE(maps_that_merged_each_other_share_their_entries) {
  const auto x = map_in(true);
  const auto before = allocated();
  lww_map y;
  const auto news = y.merge(x);
  BOOST_TEST((y == x));
  BOOST_TEST(allocated() - before < x.bytes_of_content() / 2);
}

BOOST_AUTO_TEST_CASE(an_old_copy_of_a_map_costs_little_for_each_change_since) {
  auto x = map_in(true);
  const auto before = allocated();
  std::vector<lww_map> copies;
  for (std::uint64_t i = 0; i < 100; ++i) {
    copies.push_back(x);
    put(x, i * 7919 % entries);
  }
  BOOST_TEST(allocated() - before < copies.size() * 3800);
}

BOOST_AUTO_TEST_CASE(a_change_of_a_set_copies_no_elements) {
  constexpr std::size_t size = 60'000;
  observed_remove_set x;
  for (int i = 0; i < 100; ++i)
    x.merge(
      *x.add(std::to_string(100 + i) + std::string(size, 'x'), peer_uid{1}));
  const auto before = allocated();
  const auto copy = x;
  x.merge(*x.add("new", peer_uid{1}));
  x.merge(x.remove("new"));
  BOOST_TEST(allocated() - before < size);
  BOOST_TEST(copy.size() == 100u);
}

BOOST_AUTO_TEST_SUITE_END()
