#include "actors/core/remote/partial_messages.hpp"

#include <random>

#include <boost/test/unit_test.hpp>

#include "actors/core/remote/costs.hpp"
#include "actors/core/remote/large_lane.hpp"

using namespace cafmesh;
using namespace cafmesh::remote;

namespace {

constexpr peer_uid first_peer{1};
constexpr peer_uid second_peer{2};
constexpr std::size_t piece = least_fragment;
constexpr std::uint64_t plenty = 1'000'000'000;

struct fixture {
  fixture() : parts({10 * piece, 20 * piece, std::chrono::seconds{10}}) {
  }

  std::vector<assembled> add(peer_uid from, std::uint64_t message,
                             std::uint64_t offset, std::uint64_t total,
                             std::size_t size = piece) {
    return add_within(plenty, from, message, offset, total, size);
  }
  std::vector<assembled> add_within(std::uint64_t room, peer_uid from,
                                    std::uint64_t message, std::uint64_t offset,
                                    std::uint64_t total,
                                    std::size_t size = piece) {
    std::vector<assembled> out;
    auto body = payload{bytes(size, static_cast<std::uint8_t>(message))};
    parts.add(from, body, {message, offset, total}, room, now, out);
    for (const auto& x : out)
      returned += x.cost;
    return out;
  }
  static bool is(const std::vector<assembled>& xs, assembly outcome) {
    return xs.size() == 1 && xs[0].outcome == outcome;
  }

  partial_messages parts;
  instant now{std::chrono::seconds{1000}};
  std::uint64_t returned = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(partial_messages_tests, fixture)

BOOST_AUTO_TEST_CASE(fragments_become_the_message) {
  BOOST_TEST(add(first_peer, 1, 0, piece + 5).empty());
  BOOST_TEST(parts.size() == piece + 5);
  auto out = add(first_peer, 1, piece, piece + 5, 5);
  BOOST_TEST_REQUIRE(is(out, assembly::complete));
  BOOST_TEST(out[0].body == bytes(piece + 5, 1));
  BOOST_TEST(out[0].cost == piece + 5 + 2 * 64);
  BOOST_TEST(parts.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_huge_announced_size_is_refused_at_once) {
  auto out = add(first_peer, 1, 0, max_number);
  BOOST_TEST_REQUIRE(is(out, assembly::too_large));
  BOOST_TEST(out[0].body == bytes(piece, 1), "the beginning says who asked");
  BOOST_TEST(is(add(first_peer, 1, piece, max_number), assembly::broken));
  BOOST_TEST(parts.size() == 0u);
}

BOOST_AUTO_TEST_CASE(fragments_that_overlap_or_leave_gaps_end_the_message) {
  for (auto offset : {std::size_t{0}, piece / 2, 2 * piece, 3 * piece}) {
    BOOST_TEST(add(first_peer, 1, 0, 4 * piece).empty());
    BOOST_TEST(is(add(first_peer, 1, offset, 4 * piece), assembly::broken));
    BOOST_TEST(parts.size() == 0u);
  }
  BOOST_TEST(add(first_peer, 2, 0, 4 * piece).empty());
  BOOST_TEST(is(add(first_peer, 2, piece, 5 * piece), assembly::broken));
}

BOOST_AUTO_TEST_CASE(a_message_that_is_given_up_is_not_kept) {
  add(first_peer, 1, 0, 4 * piece);
  BOOST_TEST(is(add(first_peer, 1, piece, 4 * piece, 0), assembly::broken));
  BOOST_TEST(parts.size() == 0u);
  BOOST_TEST(returned == cost_of_frame(piece));
}

BOOST_AUTO_TEST_CASE(what_never_ends_is_dropped_in_time) {
  add(first_peer, 1, 0, 4 * piece);
  now += std::chrono::seconds{5};
  add(first_peer, 1, piece, 4 * piece);
  add(second_peer, 1, 0, 4 * piece);
  std::vector<assembled> out;
  now += std::chrono::seconds{9};
  parts.expire(now, out);
  BOOST_TEST(out.empty());
  BOOST_TEST((parts.due() == now + std::chrono::seconds{1}));
  now = *parts.due();
  parts.expire(now, out);
  BOOST_TEST(out.size() == 2u);
  BOOST_TEST((out[0].outcome == assembly::late));
  BOOST_TEST(parts.size() == 0u);
  BOOST_TEST(!parts.due());
}

BOOST_AUTO_TEST_CASE(of_many_parallel_messages_eight_are_kept) {
  for (std::uint64_t i = 1; i <= most_begun; ++i)
    BOOST_TEST(add(first_peer, i, 0, 2 * piece).empty());
  now += std::chrono::seconds{1};
  add(first_peer, 1, piece, 3 * piece); // breaks message 1, which makes room
  BOOST_TEST(add(first_peer, 20, 0, 2 * piece).empty());
  BOOST_TEST(is(add(first_peer, 21, 0, 2 * piece), assembly::broken));
  BOOST_TEST(parts.size() == 16 * piece);
  BOOST_TEST(add(second_peer, 1, 0, 2 * piece).empty());
}

BOOST_AUTO_TEST_CASE(a_peer_begins_no_more_than_its_room) {
  BOOST_TEST(add_within(5 * piece, first_peer, 1, 0, 3 * piece).empty());
  BOOST_TEST(is(add_within(5 * piece, first_peer, 2, 0, 3 * piece),
                assembly::congested));
  BOOST_TEST(add_within(5 * piece, first_peer, 3, 0, 2 * piece).empty());
  BOOST_TEST(parts.size() == 5 * piece);
}

BOOST_AUTO_TEST_CASE(the_peer_that_has_begun_most_gives_way) {
  add(first_peer, 1, 0, 9 * piece);
  now += std::chrono::seconds{1};
  add(first_peer, 2, 0, 9 * piece);
  auto out = add(second_peer, 1, 0, 4 * piece);
  BOOST_TEST_REQUIRE(is(out, assembly::congested));
  BOOST_TEST((out[0].from == first_peer));
  BOOST_TEST(out[0].total == 9 * piece);
  BOOST_TEST(parts.size() == 13 * piece);
  // The second peer has fewer bytes in incomplete messages than the first. So
  // the messages of the first peer must not displace those of the second.
  out = add(first_peer, 3, 0, 9 * piece);
  BOOST_TEST_REQUIRE(is(out, assembly::congested));
  BOOST_TEST((out[0].from == first_peer));
  BOOST_TEST(add(second_peer, 1, piece, 4 * piece).empty());
}

BOOST_AUTO_TEST_CASE(a_peer_that_departs_leaves_nothing) {
  add(first_peer, 1, 0, 4 * piece);
  add(second_peer, 1, 0, 3 * piece);
  parts.forget(first_peer);
  BOOST_TEST(parts.size() == 3 * piece);
  BOOST_TEST(is(add(first_peer, 1, piece, 4 * piece), assembly::broken));
}

BOOST_AUTO_TEST_CASE(whatever_comes_is_bounded_and_its_cost_returns) {
  std::mt19937 random{1};
  auto roll = [&](std::uint64_t sides) {
    return std::uniform_int_distribution<std::uint64_t>{0, sides - 1}(random);
  };
  std::uint64_t sent = 0;
  auto whole = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto total = piece * (1 + roll(11));
    auto offset = piece * roll(3);
    auto size = roll(20) == 0 ? 0 : piece;
    sent += cost_of_fragment(size);
    for (const auto& x : add_within(roll(30 * piece), peer_uid{roll(3)},
                                    roll(30), offset, total, size))
      whole += x.outcome == assembly::complete ? 1 : 0;
    BOOST_REQUIRE(parts.size() <= 20 * piece);
    if (roll(100) == 0) {
      now += std::chrono::seconds{roll(15)};
      std::vector<assembled> out;
      parts.expire(now, out);
      for (const auto& x : out)
        returned += x.cost;
    }
  }
  BOOST_TEST(whole > 100);
  std::vector<assembled> out;
  parts.expire(now + std::chrono::minutes{1}, out);
  for (const auto& x : out)
    returned += x.cost;
  BOOST_TEST(parts.size() == 0u);
  BOOST_TEST(returned == sent);
}

BOOST_AUTO_TEST_SUITE_END()
