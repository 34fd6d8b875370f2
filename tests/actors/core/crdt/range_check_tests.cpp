#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/core/crdt/range_check.hpp"
#include "tests/actors/core/crdt/lww_replica.hpp"
#include <cafmesh/detail/persistent_map.hpp>
#include <cafmesh/errc.hpp>
#include <cafmesh/lww_map.hpp>
#include <cafmesh/observed_remove_set.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of checks, which find what forged sums of digests hide from outlines.
namespace {

// The value is the item's digest, so that tests can choose it.
struct chosen_summary {
  struct digest {
    fingerprint content;
  };
  chosen_summary() = default;
  chosen_summary(std::uint64_t, const digest& of) : content(of.content) {
  }
  chosen_summary& operator+=(const chosen_summary& x) {
    content += x.content;
    return *this;
  }
  static digest digest_of(std::string_view, std::uint64_t x) {
    return {{0, x}};
  }
  fingerprint content;
};
using chosen_map = persistent_map<std::uint64_t, chosen_summary>;

constexpr check_salt salt{1, 2, 3};

chosen_map map_of(std::vector<std::pair<std::string, std::uint64_t>> xs) {
  chosen_map result;
  for (const auto& [key, digest] : xs)
    result.set(key, digest);
  return result;
}

range_check check_of(const payload& x) {
  auto result = decode_range_check(x.view());
  BOOST_TEST_REQUIRE(!!result);
  return *result;
}

lww_map large_map(std::size_t entries) {
  lww_map result;
  for (std::size_t i = 0; i < entries; ++i)
    result.merge(
      *result.put("key " + std::to_string(100'000 + i), view("v"), peer(9)));
  return result;
}

// The counts of the checks until one has reached the end, each of which must
// find nothing.
template <class V>
std::vector<std::uint64_t> counts_of_checks(const V& x, const V& same) {
  std::vector<std::uint64_t> result;
  std::string first;
  do {
    const auto message = x.check(peer(1), salt, first);
    BOOST_TEST(message.size() < 150u);
    BOOST_TEST(V::is_outline(message.view()));
    result.push_back(check_of(message).count);
    const auto found = same.compare(message.view(), peer(2));
    BOOST_TEST_REQUIRE(!!found);
    BOOST_TEST(found->is_check);
    BOOST_TEST(found->missing.empty());
    BOOST_TEST(found->reply.empty());
  } while (!first.empty());
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(range_check_tests)

BOOST_AUTO_TEST_CASE(a_check_finds_what_a_forged_sum_hides_from_an_outline) {
  const auto mine = map_of({{"a", 7}, {"b", 1}, {"c", 4}});
  const auto theirs = map_of({{"a", 7}, {"b", 2}, {"c", 3}});
  const auto all = comparer<chosen_map>{mine, peer(1)}.compare(
    outline_of_all(theirs, peer(2)));
  BOOST_TEST(all.reply.empty());
  BOOST_TEST(all.missing.empty());
  std::string first;
  const auto check = check_of(next_check(theirs, peer(2), salt, first));
  const auto found = compare(mine, check, peer(1));
  BOOST_TEST((found.from == peer(2)));
  BOOST_TEST(found.asks);
  BOOST_TEST_REQUIRE(found.missing.size() == 1u);
  BOOST_TEST(found.missing[0].first.empty());
  BOOST_TEST(!found.missing[0].end);
  const auto reply = decode_outline(found.reply.view());
  BOOST_TEST_REQUIRE(reply->parts.size() == 1u);
  BOOST_TEST((reply->parts[0].what == outline::kind::wanted));
}

BOOST_AUTO_TEST_CASE(a_check_concerns_its_own_range_alone) {
  const auto mine = map_of({{"a", 1}, {"b", 1}, {"c", 4}, {"d", 1}});
  const auto theirs = map_of({{"a", 9}, {"b", 2}, {"c", 3}, {"d", 9}});
  range_check x;
  x.from = peer(2);
  x.range = {"b", "d"};
  x.count = 2;
  x.content = {0, 5};
  x.salted = salted_sum(theirs, x.salt, x.range);
  const auto found = compare(mine, x, peer(1));
  BOOST_TEST_REQUIRE(found.missing.size() == 1u);
  BOOST_TEST(found.missing[0].first == "b");
  const auto reply = decode_outline(found.reply.view());
  BOOST_TEST_REQUIRE(reply->parts.size() == 2u);
  BOOST_TEST(*reply->parts[0].end == "b");
  BOOST_TEST(*reply->parts[1].end == "d");
  x.salted = salted_sum(mine, x.salt, x.range);
  BOOST_TEST(compare(mine, x, peer(1)).missing.empty());
}

BOOST_AUTO_TEST_CASE(other_differences_are_left_to_outlines) {
  const auto mine = map_of({{"a", 1}, {"b", 2}});
  for (const auto& theirs :
       {map_of({{"a", 1}}), map_of({{"a", 1}, {"b", 3}})}) {
    std::string first;
    const auto check = check_of(next_check(theirs, peer(2), salt, first));
    const auto found = compare(mine, check, peer(1));
    BOOST_TEST(found.missing.empty());
    BOOST_TEST(found.reply.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_check_of_too_many_items_is_not_computed) {
  const auto x = large_map(most_checked + 1);
  range_check all;
  all.from = peer(2);
  all.count = x.size();
  all.content = x.entries().summary().content;
  auto found = x.compare(bytes{encode(all)}, peer(1));
  BOOST_TEST_REQUIRE(!!found);
  BOOST_TEST(found->missing.empty());
}

BOOST_AUTO_TEST_CASE(checks_go_through_all_entries_and_begin_again) {
  const auto x = large_map(20'000);
  const std::vector<std::uint64_t> expected{most_checked, most_checked,
                                            20'000 - 2 * most_checked};
  BOOST_TEST(counts_of_checks(x, x) == expected,
             boost::test_tools::per_element());
  BOOST_TEST(counts_of_checks(lww_map{}, lww_map{}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(checks_of_a_set_cover_its_elements_and_ranges) {
  observed_remove_set x;
  for (std::uint64_t uid = 1; uid <= 3; ++uid)
    for (int i = 0; i < 9000; ++i) {
      x.merge(
        *x.add(std::to_string(i) + "/" + std::to_string(uid), peer_uid{uid}));
      if (i % 2 == 0)
        x.merge(x.remove(std::to_string(i) + "/" + std::to_string(uid)));
    }
  observed_remove_set same;
  for (const auto& message : x.encode())
    same.merge(*same.decode(message.view()));
  std::uint64_t sum = 0;
  for (auto count : counts_of_checks(x, same)) {
    BOOST_TEST(count <= most_checked);
    sum += count;
  }
  BOOST_TEST(sum >= x.size());
}

BOOST_AUTO_TEST_CASE(a_damaged_check_is_refused) {
  std::string first;
  const auto good =
    large_map(10'000).check(peer(1), salt, first).view().to_bytes();
  BOOST_TEST(!!decode_range_check(good));
  for (std::size_t size = 0; size < good.size(); ++size)
    BOOST_TEST(is(decode_range_check(byte_view{good}.sub(0, size)).error(),
                  errc::malformed));
  auto longer = good;
  longer.push_back(0);
  BOOST_TEST(is(lww_map{}.compare(longer, peer(2)).error(), errc::malformed));
  range_check backwards;
  backwards.from = peer(1);
  backwards.range = {"b", "a"};
  BOOST_TEST(
    is(decode_range_check(encode(backwards)).error(), errc::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
