#include <cafmesh/detail/answer_limits.hpp>

#include <utility>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

// Tests of the limits on how often a replicated value answers requests for its
// whole content.
namespace {

struct fixture {
  bool take(std::uint64_t who) {
    return limits.take(peer_name::from_number(who), now);
  }
  std::size_t answers_to_many_peers() {
    std::size_t result = 0;
    for (int i = 0; i < 1000; ++i)
      result += take(++last_peer) ? 1 : 0;
    return result;
  }

  answer_limits limits;
  instant now = instant{} + 1h;
  std::uint64_t last_peer = 1000;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(answer_limits_tests, fixture)

BOOST_AUTO_TEST_CASE(a_peer_gets_two_answers_and_then_one_per_minute) {
  BOOST_TEST((take(1) && take(1) && !take(1)));
  now += 59s;
  BOOST_TEST(!take(1));
  now += 1s;
  BOOST_TEST((take(1) && !take(1)));
  now += 1min;
  BOOST_TEST((take(1) && !take(1)));
}

BOOST_AUTO_TEST_CASE(questions_in_many_names_get_a_few_answers_in_all) {
  BOOST_TEST(answers_to_many_peers() == 16u);
  now += 5s;
  BOOST_TEST(answers_to_many_peers() == 1u);
  now += 1h;
  BOOST_TEST(answers_to_many_peers() == 16u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_asks_too_often_takes_nothing_from_others) {
  for (int i = 0; i < 100; ++i)
    take(1);
  BOOST_TEST(answers_to_many_peers() == 14u);
}

BOOST_AUTO_TEST_CASE(few_peers_are_remembered_and_not_for_long) {
  for (int i = 0; i < 1000; ++i) {
    answers_to_many_peers();
    BOOST_TEST(limits.peers() <= 40u);
    now += 1s;
  }
  now += 2min;
  take(1);
  BOOST_TEST(limits.peers() == 1u);
}

BOOST_AUTO_TEST_CASE(questions_through_a_neighbour_take_nothing_from_others) {
  neighbours_answer_limits all;
  const auto liar = peer_name::from_number(1),
             honest = peer_name::from_number(2);
  std::size_t answered = 0;
  for (std::uint64_t i = 0; i < 1000; ++i)
    answered += all.take(liar, peer_name::from_number(100 + i), now) ? 1 : 0;
  BOOST_TEST(answered == 16u);
  BOOST_TEST(all.take(honest, honest, now));
}

BOOST_AUTO_TEST_CASE(a_member_under_many_names_gets_a_few_answers_in_all) {
  neighbours_answer_limits all;
  std::size_t answered = 0;
  auto ask_under_many_names = [&](peer_name victim) {
    for (int i = 0; i < 1000; ++i) {
      const auto neighbour = peer_name::from_number(++last_peer);
      const auto who = victim.is_unknown() ? neighbour : victim;
      for (int k = 0; k < 3; ++k)
        answered += all.take(neighbour, who, now) ? 1 : 0;
    }
    return std::exchange(answered, 0);
  };
  BOOST_TEST(ask_under_many_names(peer_name::from_number(1)) == 64u);
  // Requests that neighbours make in their own names count towards a separate
  // total limit.
  BOOST_TEST(ask_under_many_names({}) == 128u);
  now += 5s;
  BOOST_TEST(ask_under_many_names(peer_name::from_number(1)) == 1u);
  BOOST_TEST(ask_under_many_names({}) == 5u);
}

BOOST_AUTO_TEST_CASE(a_hub_answers_all_its_neighbours_at_once) {
  neighbours_answer_limits all;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    const auto neighbour = peer_name::from_number(i);
    BOOST_TEST(all.take(neighbour, neighbour, now));
  }
}

BOOST_AUTO_TEST_CASE(what_a_corrected_answer_did_not_use_may_be_used_again) {
  neighbours_answer_limits all;
  const auto who = peer_name::from_number(1);
  for (int i = 0; i < 100; ++i) {
    BOOST_TEST_REQUIRE(all.take(who, who, now));
    all.correct(who, who, now, answer_limits::shares, 10);
  }
  // `correct_in_all` must correct only the limits of all neighbours together,
  // not those of a single peer.
  const auto other = peer_name::from_number(2);
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST_REQUIRE(all.take(other, other, now));
    all.correct_in_all(other, other, now, answer_limits::shares, 10);
  }
  BOOST_TEST(!all.take(other, other, now));
}

BOOST_AUTO_TEST_CASE(an_answer_larger_than_expected_delays_the_next_ones) {
  neighbours_answer_limits all;
  const auto who = peer_name::from_number(1);
  BOOST_TEST(all.take(who, who, now, 1));
  all.correct(who, who, now, 1, 3 * answer_limits::shares);
  now += 1min;
  BOOST_TEST(!all.take(who, who, now, 1));
  now += 1s;
  BOOST_TEST(all.take(who, who, now, 1));
}

BOOST_AUTO_TEST_CASE(refilled_neighbours_are_forgotten) {
  neighbours_answer_limits all;
  for (std::uint64_t i = 1; i <= 1000; ++i)
    for (std::uint64_t k = 0; k < 2; ++k)
      all.take(peer_name::from_number(i), peer_name::from_number(i + k), now,
               1);
  BOOST_TEST(all.neighbours() == 1000u);
  BOOST_TEST(all.peers() == 2000u);
  now += 2min;
  all.take(peer_name::from_number(1), peer_name::from_number(1), now);
  BOOST_TEST(all.neighbours() == 1u);
  BOOST_TEST(all.peers() == 1u);
}

BOOST_AUTO_TEST_CASE(a_limited_number_of_peers_is_remembered_in_all) {
  neighbours_answer_limits all;
  for (std::uint64_t i = 1; i <= 20; ++i)
    for (std::uint64_t k = 0; k < 1000; ++k)
      BOOST_TEST_REQUIRE(all.take(peer_name::from_number(i),
                                  peer_name::from_number(1000 + k), now, 1));
  BOOST_TEST(all.peers() <= neighbours_answer_limits::max_peers);
  BOOST_TEST(all.peers() >= neighbours_answer_limits::max_peers - 1000);
}

BOOST_AUTO_TEST_CASE(the_neighbour_that_asked_longest_ago_is_forgotten_first) {
  constexpr auto most = neighbours_answer_limits::max_neighbours;
  neighbours_answer_limits all;
  auto ask = [&](std::uint64_t neighbour,
                 std::uint32_t count = answer_limits::shares) {
    const auto name = peer_name::from_number(neighbour);
    return all.take(name, name, now, count);
  };
  for (std::uint64_t i = 1; i <= 4; ++i)
    BOOST_TEST_REQUIRE((ask(i) && ask(i)));
  for (std::uint64_t i = 5; i <= most; ++i)
    BOOST_TEST_REQUIRE(ask(i, 1));
  BOOST_TEST(!ask(1));
  BOOST_TEST(ask(most + 1, 1));
  BOOST_TEST((!ask(1) && !ask(3)));
  BOOST_TEST(ask(2));
}

BOOST_AUTO_TEST_SUITE_END()
