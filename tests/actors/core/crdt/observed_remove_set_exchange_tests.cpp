#include <random>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "actors/core/crdt/compare.hpp"
#include "actors/core/crdt/dot_bytes.hpp"
#include "actors/core/crdt/set_items.hpp"
#include "tests/actors/core/crdt/exchanging_pair.hpp"
#include "tests/support/hex.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/observed_remove_set.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of how two replicas of a set find out what differs and send only that,
// and of how many bytes that takes.
namespace {

using or_set = observed_remove_set;

peer_name peer(std::uint64_t number) {
  return peer_name::from_number(number);
}

std::string element_of(std::uint_fast32_t number) {
  return "element " + std::to_string(1'000'000 + number);
}

struct pair : exchanging_pair<or_set> {
  void add(int where, const std::string& element, std::uint64_t uid = 0) {
    const auto who = peer_uid{uid > 0 ? uid : std::uint64_t(where) + 1};
    replica[where].merge(*replica[where].add(element, who));
  }
  void remove(int where, const std::string& element) {
    replica[where].merge(replica[where].remove(element));
  }
  void add_everywhere(std::uint_fast32_t count) {
    for (std::uint_fast32_t i = 0; i < count; ++i)
      add(0, element_of(i), 1 + i % 3);
    replica[1] = replica[0];
  }
  void remove_everywhere(const std::string& element) {
    const auto change = replica[0].remove(element);
    for (auto& x : replica)
      x.merge(change);
  }
  std::size_t size() const {
    BOOST_TEST(agree());
    BOOST_TEST((replica[0].elements() == replica[1].elements()));
    return replica[0].size();
  }
};

std::size_t encoded_size(const or_set& x) {
  std::size_t result = 0;
  for (const auto& message : x.encode())
    result += message.size();
  return result;
}

/// Makes a random change at one replica, under one of `runs` UIDs. Some changes
/// leave gaps in the numbers, or use the same numbers as the other replica.
void change_at_random(pair& x, std::mt19937& rng, std::uint_fast32_t runs) {
  const auto where = static_cast<int>(rng() % 2);
  auto& set = x.replica[where];
  const auto element = element_of(rng() % 500);
  const auto who = peer_uid{1 + rng() % runs};
  switch (rng() % 8) {
  case 0:
  case 1:
    return x.remove(where, element);
  case 2: { // a removal that arrives before earlier additions
    or_set ahead;
    for (auto i = rng() % 100; i > 0; --i)
      ahead.merge(*ahead.add(element, who));
    auto change = ahead.remove(element);
    set.merge(change);
    return;
  }
  case 3: { // the same numbers as at the other replica
    const auto change = *x.replica[1 - where].add(element, who);
    set.merge(change);
    return;
  }
  default:
    return x.add(where, element, value_of(who));
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(observed_remove_set_exchange_tests)

BOOST_AUTO_TEST_CASE(replicas_that_agree_need_one_short_message) {
  for (std::uint_fast32_t count : {1u, 10'000u, 100'000u}) {
    pair x;
    x.add_everywhere(count);
    x.exchange();
    BOOST_TEST(x.messages == 1u);
    BOOST_TEST(x.bytes_sent < 50u);
  }
}

BOOST_AUTO_TEST_CASE(a_few_differences_among_many_elements_cost_little) {
  pair x;
  x.add_everywhere(10'000);
  x.add(0, "new");
  x.add(1, "new here");
  x.add(1, element_of(17));
  x.remove(0, element_of(400));
  x.remove(1, element_of(5000));
  const auto before = x.bytes_sent;
  x.exchange();
  BOOST_TEST(x.size() == 10'000u);
  BOOST_TEST(x.messages <= 16u);
  BOOST_TEST(x.bytes_sent - before < 12'000u); // the set has 170,000 bytes
}

BOOST_AUTO_TEST_CASE(a_mass_removal_takes_few_messages) {
  constexpr std::uint_fast32_t count = 20'000;
  pair both;
  both.add_everywhere(count);
  for (std::uint_fast32_t i = 0; i < count; ++i)
    if (i % 10 != 0)
      both.remove(0, element_of(i));
  for (int from : {0, 1}) {
    auto x = both;
    if (from == 1)
      std::swap(x.replica[0], x.replica[1]);
    x.exchange();
    BOOST_TEST(x.size() == count / 10);
    BOOST_TEST(x.messages < 100u);
  }
}

BOOST_AUTO_TEST_CASE(an_empty_replica_gets_everything_once_in_small_parts) {
  for (int full : {0, 1}) {
    pair x;
    for (std::uint_fast32_t i = 0; i < 3000; ++i)
      x.add(full, std::string(100, 'x') + std::to_string(i), 1 + i % 7);
    for (std::uint_fast32_t i = 0; i < 3000; i += 3)
      x.remove(full, std::string(100, 'x') + std::to_string(i));
    const auto whole = encoded_size(x.replica[full]);
    x.exchange();
    BOOST_TEST(x.size() == 2000u);
    BOOST_TEST(x.bytes_sent < whole + 1000);
    BOOST_TEST(x.largest <= 64u * 1024);
    BOOST_TEST(x.messages >= 4u);
  }
}

BOOST_AUTO_TEST_CASE(an_element_may_need_a_message_of_its_own) {
  pair x;
  x.add(0, "a");
  x.add(0, std::string(or_set::max_element_size, 'x'));
  x.add(0, "b");
  x.exchange();
  BOOST_TEST(x.size() == 3u);
  BOOST_TEST(x.messages == 5u);
  BOOST_TEST(x.largest <= or_set::max_element_size + 64);
}

BOOST_AUTO_TEST_CASE(replicas_with_nothing_in_common_take_over_everything) {
  pair x;
  for (std::uint_fast32_t i = 0; i < 2000; ++i)
    x.add(static_cast<int>(i % 2), element_of(i));
  x.exchange();
  BOOST_TEST(x.size() == 2000u);
}

// Of the additions of UID 1, no element remains. One replica does not know the
// middle of their range.
BOOST_AUTO_TEST_CASE(removals_between_two_items_are_found) {
  pair x;
  or_set first, last, middle;
  for (int i = 0; i < 3000; ++i) {
    auto change = *first.add("e", peer_uid{1});
    first.merge(change);
    auto& part = i < 1000 || i >= 2000 ? last : middle;
    part.merge(change);
  }
  x.replica[0].merge(first);
  x.replica[1].merge(last);
  x.remove(0, "e");
  x.remove(1, "e");
  BOOST_TEST(!x.agree());
  x.exchange();
  BOOST_TEST(x.size() == 0u);
}

BOOST_AUTO_TEST_CASE(many_runs_and_gaps_are_found) {
  pair x;
  for (std::uint64_t uid = 1; uid <= 3000; ++uid)
    x.add(0, element_of(1), uid);
  x.replica[1] = x.replica[0];
  for (std::uint64_t uid = 1; uid <= 3000; uid += 1000)
    x.add(1, element_of(2), uid);
  x.exchange();
  BOOST_TEST(x.size() == 2u);
  BOOST_TEST(x.bytes_sent < encoded_size(x.replica[0]) / 4);
}

BOOST_AUTO_TEST_CASE(any_two_replicas_agree_after_one_exchange) {
  std::mt19937 rng{5};
  for (int round = 0; round < 150; ++round) {
    pair x;
    const auto runs = round % 3 == 0 ? 200 : 1 + rng() % 5;
    x.add_everywhere(round % 2 == 0 ? rng() % 600 : 0);
    for (auto i = rng() % 600; i > 0; --i)
      x.remove_everywhere(element_of(rng() % 600));
    for (auto i = rng() % 400; i > 0; --i)
      change_at_random(x, rng, runs);
    auto both = x.replica[0];
    both.merge(x.replica[1]);
    x.exchange();
    BOOST_TEST_REQUIRE(x.agree());
    BOOST_TEST_REQUIRE((both == x.replica[0]));
    BOOST_TEST_REQUIRE((both.elements() == x.replica[1].elements()));
  }
}

BOOST_AUTO_TEST_CASE(replicas_agree_although_messages_are_lost) {
  std::mt19937 rng{6};
  for (int round = 0; round < 40; ++round) {
    pair x;
    x.add_everywhere(rng() % 1000);
    for (auto i = rng() % 400; i > 0; --i)
      change_at_random(x, rng, 1 + rng() % 20);
    int rounds = 0;
    for (; !x.agree() && rounds < 200; ++rounds) {
      x.exchange([&] { return rng() % 4 == 0; });
      std::swap(x.replica[0], x.replica[1]);
    }
    BOOST_TEST_REQUIRE(x.agree());
  }
}

BOOST_AUTO_TEST_CASE(full_replicas_agree_once_there_is_room) {
  pair x;
  for (auto& each : x.replica)
    each = or_set{64 * 1024};
  for (std::uint_fast32_t i = 0; i < 150; ++i) {
    x.add(0, element_of(i));
    x.add(1, element_of(1000 + i));
  }
  x.exchange();
  BOOST_TEST(!x.agree());
  for (auto& each : x.replica)
    BOOST_TEST(each.memory() <= 64u * 1024);
  for (std::uint_fast32_t i = 0; i < 150; ++i) {
    x.remove(0, element_of(i));
    x.remove(1, element_of(1000 + i));
  }
  x.exchange();
  BOOST_TEST(x.size() == 0u);
}

BOOST_AUTO_TEST_CASE(parts_of_any_ranges_make_up_the_set) {
  std::mt19937 rng{7};
  for (int round = 0; round < 200; ++round) {
    pair x;
    for (int i = 0; i < 60; ++i)
      change_at_random(x, rng, 3);
    const auto& whole = x.replica[0];
    std::vector<std::string> bounds;
    for (auto i = rng() % 6; i > 0; --i) {
      std::string bound(rng() % 20, '\0');
      for (auto& c : bound)
        c = static_cast<char>(rng() % 3 == 0 ? rng() % 8 : 0);
      if (bound.size() > 7 && rng() % 4 != 0)
        bound[7] = static_cast<char>(rng() % 4);
      if (bound.size() > 15)
        bound[15] = static_cast<char>(rng() % 40);
      bounds.push_back(bound);
    }
    std::sort(bounds.begin(), bounds.end());
    or_set parts;
    std::string first;
    auto take = [&](key_range range) {
      for (auto part = whole.take_part(range); !part.empty();
           part = whole.take_part(range))
        parts.merge(*parts.decode(part.view()));
    };
    for (const auto& bound : bounds) {
      take({first, bound});
      first = bound;
    }
    take({first, {}});
    BOOST_TEST_REQUIRE((parts == whole));
  }
}

// -- bytes

BOOST_AUTO_TEST_CASE(outlines_have_the_documented_digests) {
  or_set x;
  x.merge(*x.add("a", peer_uid{9}));
  const auto range =
    hex("00 0000000000000009 0000000000000001 0000000000000001");
  const auto present = hex("01 0000000000000009 0000000000000001 61");
  digest_sum content = fingerprint_of(range);
  content += fingerprint_of(present);
  const outline expected{peer(7),
                         {{outline::kind::described, {}, 2, content.hash()}}};
  BOOST_TEST(to_hex(x.outline(peer(7)).view()) == to_hex(encode(expected)));
}

BOOST_AUTO_TEST_CASE(a_single_item_that_is_wanted_is_sent) {
  pair x;
  x.add(0, "element");
  const outline wanted{peer(2), {{outline::kind::wanted, {}, 0, {}}}};
  auto found = *x.replica[0].compare(encode(wanted), peer(1));
  BOOST_TEST_REQUIRE(found.missing.size() == 1u);
  BOOST_TEST(!x.replica[0].take_part(found.missing[0]).empty());
  BOOST_TEST(x.replica[0].take_part(found.missing[0]).empty());
  BOOST_TEST(x.replica[1].compare(encode(wanted), peer(1))->missing.empty());
}

BOOST_AUTO_TEST_CASE(outlines_that_make_no_sense_are_refused) {
  or_set x;
  for (auto text : {"", "06", "01 09 01 0000 00", "06 03 010101"})
    BOOST_TEST(is(x.compare(hex(text), peer(1)).error(), errc::malformed));
  BOOST_TEST(!or_set::is_outline(byte_view{}));
  for (const auto& message : x.encode())
    BOOST_TEST(!or_set::is_outline(message.view()));
  BOOST_TEST(or_set::is_outline(x.outline(peer(1)).view()));
  BOOST_TEST(is(x.decode(x.outline(peer(1)).view()).error(), errc::malformed));
}

BOOST_AUTO_TEST_CASE(items_are_counted_as_they_are_summed) {
  std::mt19937 rng{5};
  const auto dot_below = [&](unsigned most) {
    return set_dot{peer_uid{rng() % 5}, rng() % most};
  };
  or_set::addition_map present;
  dot_ranges known;
  for (int i = 0; i < 60; ++i) {
    const auto x = dot_below(100);
    const peer_uid who{1 + rng() % 3};
    known.insert(who, x.number + 1, x.number + 1 + rng() % 4);
    present.set({who, x.number + 1}, "element");
  }
  const set_items items{present, known};
  for (int i = 0; i < 2000; ++i) {
    const auto first = key_of(dot_below(110)), end = key_of(dot_below(110));
    BOOST_TEST_REQUIRE(count_between(items, first, end)
                       == items.summary(first, end).second);
    BOOST_TEST_REQUIRE(count_between(items, first, {})
                       == items.summary(first, {}).second);
  }
}

// The former format has 2 as its first byte.
BOOST_AUTO_TEST_CASE(a_former_outline_is_none) {
  pair x;
  x.add(0, "element");
  auto former = encode({peer(2), {{outline::kind::wanted, {}, 0, {}}}});
  BOOST_TEST(or_set::is_outline(former));
  BOOST_TEST(!!x.replica[0].compare(former, peer(1)));
  former[0] = 2;
  BOOST_TEST(!or_set::is_outline(former));
  BOOST_TEST(
    is(x.replica[0].compare(former, peer(1)).error(), errc::malformed));
  BOOST_TEST(is(x.replica[0].decode(former).error(), errc::malformed));
}

BOOST_AUTO_TEST_CASE(damaged_outlines_do_no_harm) {
  pair x;
  for (std::uint_fast32_t i = 0; i < 300; ++i)
    x.add(static_cast<int>(i % 2), element_of(i));
  x.compare_with_damage();
}

BOOST_AUTO_TEST_SUITE_END()
