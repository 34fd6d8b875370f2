#include <cafmesh/detail/answer_limits.hpp>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

// Tests of how often a replicated value answers questions for its whole
// content.
namespace {

struct fixture {
  bool take(std::uint64_t who) {
    return limits.take(peer_name::from_number(who), now);
  }
  // Asks many questions, each in another peer's name, and returns the number of
  // answers.
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

BOOST_AUTO_TEST_CASE(the_neighbour_that_asked_longest_ago_is_forgotten_first) {
  constexpr auto most = neighbours_answer_limits::max_neighbours;
  neighbours_answer_limits all;
  auto ask = [&](std::uint64_t neighbour) {
    const auto name = peer_name::from_number(neighbour);
    return all.take(name, name, now);
  };
  for (std::uint64_t i = 1; i <= most; ++i)
    BOOST_TEST_REQUIRE((ask(i) && ask(i)));
  BOOST_TEST(!ask(1));
  BOOST_TEST(ask(most + 1));
  BOOST_TEST((!ask(1) && !ask(3) && !ask(most)));
  BOOST_TEST(ask(2));
}

BOOST_AUTO_TEST_SUITE_END()
