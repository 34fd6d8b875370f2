#include "actors/core/mesh/slot_index.hpp"

#include <map>
#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

namespace {

slot find(const slot_index& index, std::uint32_t hash, slot who) {
  return index.find(hash, [who](slot x) { return x == who; });
}

std::vector<slot> all_of(const slot_index& index) {
  std::vector<slot> result;
  index.for_each([&](slot x) { result.push_back(x); });
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(slot_index_tests)

BOOST_AUTO_TEST_CASE(an_empty_index_finds_nothing) {
  slot_index index;
  BOOST_TEST(index.size() == 0u);
  BOOST_TEST(find(index, 0, 0) == slot_index::none);
  BOOST_TEST(all_of(index).empty());
}

BOOST_AUTO_TEST_CASE(a_slot_is_found_by_its_hash) {
  slot_index index;
  for (slot x = 0; x < 1000; ++x)
    index.add(x * 0x9e37'79b9u, x);
  BOOST_TEST(index.size() == 1000u);
  for (slot x = 0; x < 1000; ++x)
    BOOST_TEST(find(index, x * 0x9e37'79b9u, x) == x);
  BOOST_TEST(find(index, 5, 5) == slot_index::none);
  BOOST_TEST(all_of(index).size() == 1000u);
}

BOOST_AUTO_TEST_CASE(slots_with_the_same_hash_are_told_apart) {
  slot_index index;
  for (slot x = 0; x < 20; ++x)
    index.add(7, x);
  for (slot x = 0; x < 20; x += 2)
    index.erase(7, x);
  for (slot x = 0; x < 20; ++x)
    BOOST_TEST(find(index, 7, x) == (x % 2 == 0 ? slot_index::none : x));
}

BOOST_AUTO_TEST_CASE(a_search_ends_although_all_slots_have_the_same_hash) {
  for (slot count : {1u, 2u, 4u, 32u}) { // fills half of the places
    slot_index index;
    for (slot x = 0; x < count; ++x)
      index.add(7, x);
    BOOST_TEST(find(index, 7, count) == slot_index::none);
  }
}

BOOST_AUTO_TEST_CASE(only_slots_with_the_same_hash_are_compared) {
  slot_index index;
  index.add(0x10, 1);
  index.add(0x20, 2);
  auto asked = 0;
  index.find(0x20, [&](slot) {
    ++asked;
    return false;
  });
  BOOST_TEST(asked == 1);
}

// Some rounds use only a few different hashes, so that many entries collide and
// searches wrap around the end.
BOOST_AUTO_TEST_CASE(an_index_agrees_with_a_map_after_random_changes) {
  std::mt19937 rng{4};
  for (std::uint32_t hashes : {3u, 40u, 0xffff'ffffu}) {
    slot_index index;
    std::map<slot, std::uint32_t> expected;
    for (int step = 0; step < 20'000; ++step) {
      auto who = static_cast<slot>(rng() % 60);
      auto i = expected.find(who);
      if (i == expected.end()) {
        auto hash = static_cast<std::uint32_t>(rng()) % hashes - 1;
        index.add(hash, who);
        expected.emplace(who, hash);
      } else {
        index.erase(i->second, who);
        BOOST_TEST_REQUIRE(find(index, i->second, who) == slot_index::none);
        expected.erase(i);
      }
      BOOST_TEST_REQUIRE(index.size() == expected.size());
      for (auto [x, hash] : expected)
        BOOST_TEST_REQUIRE(find(index, hash, x) == x);
    }
    BOOST_TEST(all_of(index).size() == expected.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
