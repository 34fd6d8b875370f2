#include <random>

#include <boost/test/unit_test.hpp>

#include "actors/core/crdt/compare.hpp"
#include "tests/actors/core/crdt/exchanging_pair.hpp"
#include "tests/actors/core/crdt/lww_replica.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of how two replicas of a map find out which entries differ and send
// only these, and of how many bytes that takes.
namespace {

std::string key_of(std::uint_fast32_t number) {
  return "key " + std::to_string(number);
}

struct pair : exchanging_pair<lww_map> {
  void put(int where, std::string_view key, std::string_view value) {
    replica[where].merge(*replica[where].put(key, byte_view{value},
                                             peer(std::uint64_t(where) + 1)));
  }
  void put_everywhere(std::string_view key, std::string_view value) {
    auto change = *replica[0].put(key, byte_view{value}, peer(1));
    for (auto& x : replica)
      x.merge(change);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(lww_map_exchange_tests)

BOOST_AUTO_TEST_CASE(replicas_that_agree_need_one_short_message) {
  pair x;
  for (std::uint_fast32_t i = 0; i < 5000; ++i)
    x.put_everywhere(key_of(i), "v");
  x.exchange();
  BOOST_TEST(x.messages == 1u);
  BOOST_TEST(x.bytes_sent < 50u);
}

BOOST_AUTO_TEST_CASE(a_few_differences_among_many_entries_cost_little) {
  pair x;
  for (std::uint_fast32_t i = 0; i < 10'000; ++i)
    x.put_everywhere(key_of(i), "v");
  x.put(0, key_of(17), "changed");
  x.put(1, "new", "v");
  x.replica[1].merge(*x.replica[1].erase(key_of(5000), peer(2)));
  x.exchange();
  BOOST_TEST((x.replica[0] == x.replica[1]));
  BOOST_TEST(x.replica[0].size() == 10'000u);
  BOOST_TEST(x.messages <= 16u);
  BOOST_TEST(x.bytes_sent < 10'000u); // the whole map has 230,000 bytes
}

BOOST_AUTO_TEST_CASE(an_empty_replica_gets_everything_once) {
  for (int full : {0, 1}) {
    pair x;
    for (std::uint_fast32_t i = 0; i < 3000; ++i)
      x.put(full, key_of(i), std::string(100, 'x'));
    std::size_t whole = 0;
    for (const auto& m : x.replica[full].encode())
      whole += m.size();
    x.exchange();
    BOOST_TEST((x.replica[0] == x.replica[1]));
    BOOST_TEST(x.bytes_sent < whole + 200);
    BOOST_TEST(x.largest <= 64u * 1024);
  }
}

BOOST_AUTO_TEST_CASE(
  replicas_with_nothing_in_common_take_over_all_of_each_other) {
  pair x;
  for (std::uint_fast32_t i = 0; i < 2000; ++i)
    x.put(static_cast<int>(i % 2), key_of(i), "v");
  x.exchange();
  BOOST_TEST((x.replica[0] == x.replica[1]));
  BOOST_TEST(x.replica[0].size() == 2000u);
}

BOOST_AUTO_TEST_CASE(any_two_replicas_agree_after_some_outlines) {
  std::mt19937 rng{3};
  for (int round = 0; round < 60; ++round) {
    pair x;
    const auto common = rng() % 400, different = rng() % 400;
    for (std::uint_fast32_t i = 0; i < common; ++i)
      x.put_everywhere(key_of(rng() % 500), "v");
    for (std::uint_fast32_t i = 0; i < different; ++i) {
      const auto where = static_cast<int>(rng() % 2);
      if (rng() % 4 == 0)
        x.replica[where].merge(
          *x.replica[where].erase(key_of(rng() % 500), peer(9)));
      else
        x.put(where, key_of(rng() % 1000), std::to_string(rng() % 10));
    }
    x.exchange();
    BOOST_TEST_REQUIRE((x.replica[0] == x.replica[1]));
  }
}

BOOST_AUTO_TEST_CASE(a_single_item_that_is_wanted_is_sent) {
  pair x;
  x.put(0, "key", "v");
  const outline wanted{peer(2), {{outline::kind::wanted, {}, 0, {}}}};
  auto found = *x.replica[0].compare(encode(wanted), peer(1));
  BOOST_TEST(found.missing.size() == 1u);
  auto nothing = *x.replica[1].compare(encode(wanted), peer(1));
  BOOST_TEST(nothing.missing.empty());
}

BOOST_AUTO_TEST_CASE(long_keys_do_not_make_long_outlines) {
  pair x;
  const std::string start(4000, 'k');
  for (std::uint_fast32_t i = 0; i < 600; ++i)
    x.put_everywhere(start + std::to_string(10'000 + i), "v");
  for (std::uint_fast32_t i = 0; i < 600; i += 7)
    x.put(0, start + std::to_string(10'000 + i), "changed");
  for (int rounds = 0; !(x.replica[0] == x.replica[1]); ++rounds) {
    BOOST_TEST_REQUIRE(rounds < 30);
    x.exchange();
  }
  BOOST_TEST(x.largest <= 64u * 1024);
}

BOOST_AUTO_TEST_CASE(a_large_value_has_a_message_of_its_own) {
  pair x;
  x.put(0, "a", "v");
  x.put(0, "b", std::string(1024 * 1024, 'x'));
  x.put(0, "c", "v");
  BOOST_TEST(x.replica[0].encode().size() == 3u);
  x.exchange();
  BOOST_TEST((x.replica[0] == x.replica[1]));
}

BOOST_AUTO_TEST_CASE(an_outline_survives_its_encoding) {
  outline x;
  x.from = peer(7);
  x.parts.push_back({outline::kind::equal, "b", 0, {}});
  x.parts.push_back({outline::kind::described, "c", 300, {1, 2}});
  x.parts.push_back({outline::kind::wanted, {}, 0, {}});
  const auto encoded = encode(x);
  auto y = decode_outline(encoded);
  BOOST_TEST_REQUIRE(!!y);
  BOOST_TEST((y->from == x.from));
  BOOST_TEST_REQUIRE(y->parts.size() == 3u);
  BOOST_TEST((y->parts[1].what == outline::kind::described));
  BOOST_TEST(*y->parts[1].end == "c");
  BOOST_TEST(y->parts[1].count == 300u);
  BOOST_TEST((y->parts[1].content == fingerprint{1, 2}));
  BOOST_TEST(!y->parts[2].end);
  BOOST_TEST(encode(*y) == encoded);
}

BOOST_AUTO_TEST_CASE(outlines_that_make_no_sense_are_refused) {
  auto refused = [](const bytes& x) {
    auto result = decode_outline(x);
    return !result && is(result.error(), errc::malformed);
  };
  outline good{peer(7), {{outline::kind::wanted, "b", 0, {}}}};
  BOOST_TEST(!refused(encode(good)));
  BOOST_TEST(refused({}));
  BOOST_TEST(refused({1}));
  BOOST_TEST(refused({outline_format, 3, 1, 1, 1}));
  auto descending = good;
  descending.parts.push_back({outline::kind::wanted, "a", 0, {}});
  BOOST_TEST(refused(encode(descending)));
  descending.parts[1].end = "b"; // neither ascends nor descends
  BOOST_TEST(refused(encode(descending)));
  descending.parts[1].end = "c";
  BOOST_TEST(!refused(encode(descending)));
  auto beyond = good;
  beyond.parts[0].end.reset();
  beyond.parts.push_back({outline::kind::wanted, {}, 0, {}});
  BOOST_TEST(refused(encode(beyond)));
  outline most{peer(7), {}};
  for (std::size_t i = 0; i < max_outline_parts; ++i)
    most.parts.push_back(
      {outline::kind::wanted, std::to_string(1000 + i), 0, {}});
  BOOST_TEST(!refused(encode(most)));
  most.parts.push_back({outline::kind::wanted, {}, 0, {}});
  BOOST_TEST(refused(encode(most)));
  auto strange = encode(good);
  strange[8] = 3;
  BOOST_TEST(refused(strange));
}

BOOST_AUTO_TEST_CASE(damaged_outlines_do_no_harm) {
  pair x;
  for (std::uint_fast32_t i = 0; i < 300; ++i)
    x.put(static_cast<int>(i % 2), key_of(i), "v");
  x.compare_with_damage();
}

BOOST_AUTO_TEST_SUITE_END()
