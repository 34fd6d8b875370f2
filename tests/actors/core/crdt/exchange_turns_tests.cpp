#include <cafmesh/detail/exchange_turns.hpp>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::replication;
using namespace std::chrono_literals;

// Tests of `exchange_turns`, which decides which peer a replica asks for
// missing items.
namespace {

struct fixture {
  static peer_name name(std::uint64_t x) {
    return peer_name::from_number(x);
  }
  bool may_ask(std::uint64_t who) {
    return turns.may_ask({name(who), name(who)}, now);
  }
  std::uint64_t next() {
    auto result = turns.next(now);
    return result ? result->number() : 0;
  }

  exchange_turns turns;
  instant now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(exchange_turns_tests, fixture)

BOOST_AUTO_TEST_CASE(one_peer_at_a_time_is_asked) {
  BOOST_TEST((may_ask(1) && !may_ask(2) && may_ask(1)));
}

BOOST_AUTO_TEST_CASE(a_silent_peer_loses_its_turn) {
  may_ask(1);
  may_ask(2);
  now += 3s;
  BOOST_TEST(next() == 0u);
  now += 1ms;
  BOOST_TEST(next() == 2u);
  BOOST_TEST((may_ask(2) && !may_ask(1)));
}

BOOST_AUTO_TEST_CASE(a_peer_that_sends_items_has_a_turn_of_half_a_minute) {
  may_ask(1);
  may_ask(2);
  for (int i = 0; i < 30; ++i) {
    BOOST_TEST_REQUIRE(may_ask(1));
    turns.heard_from(name(1), now);
    now += 1s;
  }
  now += 1ms;
  BOOST_TEST(!may_ask(1));
  BOOST_TEST(next() == 2u);
}

BOOST_AUTO_TEST_CASE(outlines_alone_keep_a_turn_for_ten_seconds) {
  may_ask(1);
  may_ask(2);
  for (int i = 0; i < 10; ++i) {
    BOOST_TEST_REQUIRE(may_ask(1));
    now += 1s;
  }
  now += 1ms;
  BOOST_TEST(!may_ask(1));
  BOOST_TEST(next() == 2u);
}

BOOST_AUTO_TEST_CASE(a_peer_goes_on_while_nobody_waits) {
  for (int i = 0; i < 100; ++i) {
    BOOST_TEST_REQUIRE(may_ask(1));
    now += 1s;
  }
}

BOOST_AUTO_TEST_CASE(peers_have_their_turns_in_the_order_in_which_they_came) {
  may_ask(1);
  for (std::uint64_t x : {4, 2, 3, 4, 2})
    may_ask(x);
  for (std::uint64_t x : {4, 2, 3}) {
    now += 4s;
    // Peer 1 asks again, but must not overtake the peers that already wait.
    BOOST_TEST(!may_ask(1));
    BOOST_TEST(next() == x);
  }
  now += 4s;
  BOOST_TEST(next() == 1u);
}

BOOST_AUTO_TEST_CASE(few_peers_behind_one_neighbour_wait) {
  may_ask(1);
  for (std::uint64_t i = 10; i < 100; ++i)
    turns.may_ask({name(5), name(i)}, now);
  may_ask(2);
  for (std::uint64_t x : {10, 11, 2, 0}) {
    now += 4s;
    BOOST_TEST(next() == x);
  }
}

BOOST_AUTO_TEST_CASE(a_limited_number_of_peers_waits) {
  may_ask(1);
  for (std::uint64_t i = 10; i < 1000; ++i)
    may_ask(i);
  std::size_t turns_given = 0;
  do
    now += 4s;
  while (next() != 0 && ++turns_given < 1000);
  BOOST_TEST(turns_given == exchange_turns::most_waiting);
}

BOOST_AUTO_TEST_SUITE_END()
