#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/core/crdt/compare.hpp"
#include "tests/actors/core/crdt/lww_replica.hpp"
#include <cafmesh/detail/digest_sum.hpp>
#include <cafmesh/detail/persistent_map.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the sums by which replicas compare ranges of items.
namespace {

digest_sum sum_of(const std::vector<fingerprint>& xs) {
  digest_sum result;
  for (auto x : xs)
    result += x;
  return result;
}

// A map whose values are the digests of its items, so that tests can choose the
// digests.
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
  chosen_summary& operator-=(const chosen_summary& x) {
    content -= x.content;
    return *this;
  }
  void clear_bounds() {
  }
  void widen_bounds(std::uint64_t) {
  }
  static digest digest_of(std::string_view, std::uint64_t x) {
    return {{0, x}};
  }
  digest_sum content;
};
using chosen_map = persistent_map<std::uint64_t, chosen_summary>;

chosen_map map_of(std::vector<std::pair<std::string, std::uint64_t>> xs) {
  chosen_map result;
  for (const auto& [key, digest] : xs)
    result.set(key, digest);
  return result;
}

struct watched_map : chosen_map {
  std::pair<chosen_summary, std::size_t>
  summary(std::string_view first, std::optional<std::string_view> last) const {
    ++summaries;
    return chosen_map::summary(first, last);
  }
  mutable std::size_t summaries = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(digest_sum_tests)

BOOST_AUTO_TEST_CASE(equal_sums_of_digests_do_not_hide_different_items) {
  const auto mine = map_of({{"a", 7}, {"b", 1}, {"c", 4}});
  const auto theirs = map_of({{"a", 7}, {"b", 2}, {"c", 3}});
  BOOST_TEST((mine.summary().content != theirs.summary().content));
  const auto found = comparer<chosen_map>{mine, peer(1)}.compare(
    outline_of_all(theirs, peer(2)));
  BOOST_TEST(!found.reply.empty());
  BOOST_TEST(found.missing.size() == 1u);
}

BOOST_AUTO_TEST_CASE(ranges_are_summed_only_if_their_counts_are_equal) {
  const watched_map mine{map_of({{"a", 7}, {"b", 1}, {"c", 4}}), 0};
  const auto sums = [&](outline::kind what, std::uint64_t count) {
    mine.summaries = 0;
    const outline theirs{peer(2), {{what, "c", count, {}}}};
    const auto found = comparer<watched_map>{mine, peer(1)}.compare(theirs);
    BOOST_TEST(found.missing.size() == 1u);
    return mine.summaries;
  };
  BOOST_TEST(sums(outline::kind::wanted, 0) == 0u);
  BOOST_TEST(sums(outline::kind::described, 3) == 0u);
  BOOST_TEST(sums(outline::kind::described, 2) == 1u);
}

BOOST_AUTO_TEST_CASE(a_sum_depends_on_the_digests_and_not_on_their_order) {
  const std::vector<fingerprint> xs{{1, 2}, {3, 4}, {5, 6}};
  const auto sum = sum_of(xs);
  BOOST_TEST((sum_of({xs[2], xs[0], xs[1]}) == sum));
  auto grouped = sum_of({xs[1]});
  grouped += sum_of({xs[2], xs[0]});
  BOOST_TEST((grouped == sum));
  BOOST_TEST((grouped.hash() == sum.hash()));
  for (const auto& others :
       std::vector<std::vector<fingerprint>>{{},
                                             {xs[0]},
                                             {xs[0], xs[1]},
                                             {xs[0], xs[1], xs[1]},
                                             {xs[0], xs[1], {5, 7}},
                                             {xs[0], xs[1], {6, 5}}}) {
    BOOST_TEST((sum_of(others) != sum));
    BOOST_TEST((sum_of(others).hash() != sum.hash()));
  }
}

BOOST_AUTO_TEST_CASE(what_is_taken_back_leaves_no_trace) {
  const fingerprint x{1, 2}, y{3, 4};
  auto sum = sum_of({x, y});
  sum -= y;
  BOOST_TEST((sum == digest_sum{x}));
  BOOST_TEST((digest_sum{x} == sum));
  BOOST_TEST((sum.hash() == digest_sum{x}.hash()));
  sum -= x;
  BOOST_TEST((sum == digest_sum{}));
  BOOST_TEST((sum.hash() == fingerprint{}));
  auto negative = digest_sum{};
  negative -= x;
  negative += y;
  negative += x;
  BOOST_TEST((negative == digest_sum{y}));
  auto same = digest_sum{x};
  same -= x;
  BOOST_TEST((same == digest_sum{}));
}

// The expected hash comes from other implementations of ChaCha20 and BLAKE2b.
BOOST_AUTO_TEST_CASE(hashes_are_those_of_the_protocol) {
  const auto sum = sum_of({{0x0001'0203'0405'0607, 0x0809'0a0b'0c0d'0e0f},
                           {0xffff'ffff'ffff'ffff, 0xffff'ffff'ffff'ffff}});
  BOOST_TEST(
    (sum.hash() == fingerprint{0x5b8e'b792'6653'98bc, 0xa50e'e15f'eda0'ff9f}));
}

BOOST_AUTO_TEST_SUITE_END()
