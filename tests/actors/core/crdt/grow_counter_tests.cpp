#include <cafmesh/grow_counter.hpp>

#include <boost/test/unit_test.hpp>

#include "messages/wire/counter_state.hpp"
#include "tests/actors/core/crdt/replica_laws.hpp"
#include "tests/support/hex.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

peer_name peer(std::uint64_t number) {
  return peer_name::from_number(number);
}

peer_name hash_peer(std::uint8_t number) {
  return *peer_name::from_bytes(bytes(name_size(name_flavour::hash), number),
                                name_flavour::hash);
}

struct kind {
  static grow_counter fresh() {
    return grow_counter{};
  }
  static grow_counter change(std::mt19937& rng, const grow_counter& from,
                             std::size_t replica) {
    return *from.increment(peer(replica + 1), rng() % 3);
  }
};

constexpr std::size_t small_limit = 3;

grow_counter small(const grow_counter::count_map& numbers = {}) {
  grow_counter result{name_flavour::mac, small_limit};
  for (const auto& [who, number] : numbers)
    result.merge(
      *grow_counter{}.increment(who, static_cast<std::uint64_t>(number)));
  return result;
}

// Like `kind`, but ten peers increment a counter that has room for three peers.
struct full_kind {
  static grow_counter fresh() {
    return small();
  }
  static grow_counter change(std::mt19937& rng, const grow_counter& from,
                             std::size_t) {
    const auto change = from.increment(peer(1 + rng() % 10), rng() % 4);
    return change ? *change : small();
  }
};

grow_counter counting(std::uint64_t who, std::uint64_t by) {
  return *grow_counter{}.increment(peer(who), by);
}

} // namespace

BOOST_AUTO_TEST_SUITE(grow_counter_tests)

CAFMESH_REPLICA_LAWS(kind)

BOOST_AUTO_TEST_CASE(the_value_is_the_sum_over_all_peers) {
  auto x = merged(counting(1, 5), counting(2, 7));
  BOOST_TEST(x.value() == 12);
  BOOST_TEST(x.count_of(peer(2)) == 7);
  BOOST_TEST(x.count_of(peer(3)) == 0);
}

BOOST_AUTO_TEST_CASE(numbers_and_the_sum_stop_at_their_maximum) {
  auto full = counting(1, UINT64_MAX);
  BOOST_TEST(full.value() == INT64_MAX);
  BOOST_TEST((!full.merge(*full.increment(peer(1)))));
  BOOST_TEST(merged(full, counting(2, 1)).value() == INT64_MAX);
}

BOOST_AUTO_TEST_CASE(the_least_number_counts_and_is_decoded) {
  const auto one = counting(1, 1);
  BOOST_TEST(one.value() == 1);
  const auto decoded = grow_counter{}.decode(one.encode().at(0).view());
  BOOST_TEST_REQUIRE(!!decoded);
  BOOST_TEST((*decoded == one));
}

BOOST_AUTO_TEST_CASE(adding_zero_changes_nothing) {
  grow_counter x;
  BOOST_TEST(!x.merge(counting(1, 0)));
  BOOST_TEST((x == grow_counter{}));
}

BOOST_AUTO_TEST_CASE(peers_of_the_other_flavour_are_refused) {
  grow_counter x;
  BOOST_TEST(is(x.increment(hash_peer(1)).error(), errc::bad_peer_name));
  BOOST_TEST(is(x.increment(peer(0)).error(), errc::bad_peer_name));
}

BOOST_AUTO_TEST_CASE(the_encoding_is_that_of_the_go_example) {
  auto messages = counting(3, 5).encode();
  BOOST_TEST_REQUIRE(messages.size() == 1u);
  BOOST_TEST(to_hex(messages[0].view())
             == "0eff81040102ff820001060104000006ff820001030a");
}

BOOST_AUTO_TEST_CASE(hash_names_are_encoded_as_text) {
  grow_counter empty{name_flavour::hash};
  auto x = *empty.increment(hash_peer(1), 2);
  auto messages = x.encode();
  BOOST_TEST_REQUIRE(messages.size() == 1u);
  BOOST_TEST((*empty.decode(messages[0].view()) == x));
  BOOST_TEST(
    is(grow_counter{}.decode(messages[0].view()).error(), errc::malformed));
}

BOOST_AUTO_TEST_CASE(an_empty_counter_has_no_messages) {
  BOOST_TEST(grow_counter{}.encode().empty());
}

BOOST_AUTO_TEST_CASE(the_question_is_an_empty_counter) {
  for (auto flavour : all_name_flavours) {
    grow_counter x{flavour};
    auto heard = x.decode(x.question().view());
    BOOST_TEST_REQUIRE(heard.engaged());
    BOOST_TEST(!x.merge(*heard).has_value());
  }
}

BOOST_AUTO_TEST_CASE(numbers_below_1_are_ignored) {
  bytes input;
  wire::append_counters(input, {{peer(1), 0}, {peer(2), -7}, {peer(3), 4}},
                        name_flavour::mac);
  BOOST_TEST((*grow_counter{}.decode(input) == counting(3, 4)));
}

BOOST_AUTO_TEST_CASE(numbers_that_nobody_can_have_reached_are_ignored) {
  const auto today = earliest_wall_time + std::chrono::hours{24 * 150};
  const auto limit = static_cast<std::int64_t>(
    reachable(today, grow_counter::max_growth_per_second));
  BOOST_TEST(limit > std::int64_t{1} << 57);
  grow_counter x;
  x.set_date(today);
  x.merge(counting(1, 5));
  for (auto number : {limit + 1, INT64_MAX}) {
    bytes forged;
    wire::append_counters(forged, {{peer(1), number}}, name_flavour::mac);
    BOOST_TEST(!x.merge(*x.decode(forged)));
  }
  BOOST_TEST(x.value() == 5);
}

BOOST_AUTO_TEST_CASE(the_greatest_number_accepted_keeps_no_peer_from_counting) {
  grow_counter x, other;
  const auto limit = static_cast<std::int64_t>(
    reachable(earliest_wall_time, grow_counter::max_growth_per_second));
  bytes forged;
  wire::append_counters(forged, {{peer(1), limit}}, name_flavour::mac);
  x.merge(*x.decode(forged));
  x.merge(*x.increment(peer(1), 7));
  BOOST_TEST(x.count_of(peer(1)) == limit + 7);
  other.set_date(earliest_wall_time + std::chrono::seconds{1});
  other.merge(*other.decode(x.encode()[0].view()));
  BOOST_TEST(other.count_of(peer(1)) == limit + 7);
}

BOOST_AUTO_TEST_CASE(many_peers_need_several_messages) {
  grow_counter x;
  for (std::uint64_t i = 1; i <= 40'000; ++i)
    x.merge(counting(i << 20, i));
  auto messages = x.encode();
  BOOST_TEST(messages.size() == 3u);
  grow_counter y;
  for (const auto& message : messages) {
    BOOST_TEST(message.size() < 1024u * 1024u);
    y.merge(*y.decode(message.view()));
  }
  BOOST_TEST((x == y));
}

BOOST_AUTO_TEST_CASE(a_full_counter_keeps_the_greatest_numbers) {
  auto x = small({{peer(1), 5}, {peer(2), 2}, {peer(3), 2}});
  BOOST_TEST(x.is_full());
  BOOST_TEST(!x.merge(counting(4, 1)));
  BOOST_TEST(!x.merge(counting(1, 4)));
  BOOST_TEST((*x.merge(counting(4, 3)) == counting(4, 3)));
  BOOST_TEST(
    (x.counts()
     == grow_counter::count_map{{peer(1), 5}, {peer(3), 2}, {peer(4), 3}}));
  BOOST_TEST(x.merge(*x.increment(peer(3), 2)).has_value());
  BOOST_TEST(x.merge(counting(5, 6)).has_value());
  BOOST_TEST(
    (x.counts()
     == grow_counter::count_map{{peer(1), 5}, {peer(3), 4}, {peer(5), 6}}));
}

BOOST_AUTO_TEST_CASE(of_equal_numbers_a_full_counter_keeps_the_greater_names) {
  auto x = small({{peer(1), 1}, {peer(2), 1}, {peer(4), 1}});
  BOOST_TEST(x.merge(counting(3, 1)).has_value());
  BOOST_TEST(!x.merge(counting(1, 1)));
  BOOST_TEST((x == small({{peer(2), 1}, {peer(3), 1}, {peer(4), 1}})));
}

BOOST_AUTO_TEST_CASE(the_news_of_a_merge_is_what_a_full_counter_keeps) {
  auto x = small({{peer(1), 5}, {peer(2), 5}, {peer(3), 1}});
  auto news = x.merge(small({{peer(4), 2}, {peer(5), 3}, {peer(6), 4}}));
  BOOST_TEST_REQUIRE(news.has_value());
  BOOST_TEST((*news == counting(6, 4)));
  BOOST_TEST((x == small({{peer(1), 5}, {peer(2), 5}, {peer(6), 4}})));
}

BOOST_AUTO_TEST_CASE(a_number_without_room_in_a_full_counter_is_refused) {
  auto x = small({{peer(1), 5}, {peer(2), 5}, {peer(3), 5}});
  BOOST_TEST(is(x.increment(peer(4), 4).error(), errc::too_large));
  BOOST_TEST((!x.merge(*x.increment(peer(4), 0))));
  BOOST_TEST(x.merge(*x.increment(peer(4), 5)).has_value());
  BOOST_TEST(x.merge(*x.increment(peer(3), 1)).has_value());
}

BOOST_AUTO_TEST_CASE(a_limit_of_zero_counts_as_one) {
  grow_counter x{name_flavour::mac, 0};
  x.merge(counting(1, 1));
  x.merge(counting(2, 2));
  BOOST_TEST((x == counting(2, 2)));
}

BOOST_AUTO_TEST_CASE(a_message_of_invented_peers_takes_no_more_than_the_limit) {
  constexpr std::int64_t many = 200'000;
  grow_counter::count_map invented;
  for (std::int64_t i = 1; i <= many; ++i)
    invented.emplace(peer(static_cast<std::uint64_t>(i)), i);
  bytes input;
  wire::append_counters(input, invented, name_flavour::mac);
  const auto decoded = grow_counter{}.decode(input);
  BOOST_TEST_REQUIRE(decoded.engaged());
  BOOST_TEST(decoded->counts().size() == grow_counter::default_limit);
  BOOST_TEST(decoded->counts().begin()->second
             == many - std::int64_t{grow_counter::default_limit} + 1);
}

BOOST_AUTO_TEST_SUITE(full_counters)

CAFMESH_REPLICA_LAWS(full_kind)

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
