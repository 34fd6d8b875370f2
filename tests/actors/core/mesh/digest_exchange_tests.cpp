#include "actors/core/mesh/digest_exchange.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of which neighbour a node asks for records, and of how many bytes of
// records the node sends to neighbours that ask.
namespace {

struct exchange_fixture {
  exchange_fixture() {
    for (unsigned i = 1; i <= 3; ++i)
      exchange.add(name_of(i), now);
  }
  bool may_ask(unsigned peer) {
    return exchange.may_ask(name_of(peer), now);
  }
  std::string waiting() {
    return numbers(exchange.take_waiting(now));
  }
  bool may_answer(unsigned peer, std::size_t size) {
    return exchange.may_answer(name_of(peer), size, whole, now);
  }

  static constexpr std::size_t whole = 1'000'000;
  instant now = instant{} + 1h;
  digest_exchange exchange{30s};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(digest_exchange_tests, exchange_fixture)

BOOST_AUTO_TEST_CASE(one_neighbour_is_asked_at_a_time_and_the_others_wait) {
  BOOST_TEST(may_ask(1));
  BOOST_TEST(may_ask(1));
  BOOST_TEST(!may_ask(2));
  BOOST_TEST(!may_ask(3));
  BOOST_TEST(waiting() == "");
  exchange.ended(name_of(1));
  BOOST_TEST(waiting() == "2 3");
  BOOST_TEST(waiting() == "");
  BOOST_TEST(may_ask(3));
}

BOOST_AUTO_TEST_CASE(only_the_one_that_is_asked_ends_its_turn) {
  may_ask(1);
  exchange.ended(name_of(2));
  BOOST_TEST(!may_ask(3));
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_sends_nothing_loses_its_turn) {
  may_ask(1);
  may_ask(2);
  BOOST_TEST((*exchange.wake_at() == now + digest_exchange::silence));
  now += 900ms;
  exchange.heard_from(name_of(1), now);
  now += 900ms;
  BOOST_TEST(waiting() == "");
  now += 100ms;
  BOOST_TEST(waiting() == "2");
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_goes_on_sending_loses_its_turn_too) {
  may_ask(1);
  may_ask(2);
  for (int i = 0; i < 20; ++i) {
    now += 500ms;
    exchange.heard_from(name_of(1), now);
  }
  BOOST_TEST(waiting() == "2");
}

BOOST_AUTO_TEST_CASE(the_last_one_has_no_other_turn_before_those_that_wait) {
  may_ask(1);
  may_ask(2);
  exchange.ended(name_of(1));
  BOOST_TEST(waiting() == "2");
  BOOST_TEST(!may_ask(1));
  BOOST_TEST(may_ask(2));
  exchange.ended(name_of(2));
  BOOST_TEST(waiting() == "1");
  now += digest_exchange::silence;
  BOOST_TEST(may_ask(2));
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_goes_frees_its_turn_and_is_forgotten) {
  may_ask(1);
  may_ask(2);
  may_ask(3);
  exchange.remove(name_of(1));
  exchange.remove(name_of(2));
  BOOST_TEST(waiting() == "3");
  BOOST_TEST(!may_ask(1));
  BOOST_TEST(!may_answer(1, 1));
}

BOOST_AUTO_TEST_CASE(nobody_waits_at_first) {
  BOOST_TEST(!exchange.wake_at().has_value());
  may_ask(1);
  BOOST_TEST(!exchange.wake_at().has_value());
}

BOOST_AUTO_TEST_CASE(answers_have_the_size_of_all_records_per_interval) {
  std::size_t sent = 0;
  auto ask_for = [&](duration time) {
    for (auto end = now + time; now < end; now += 10ms)
      while (sent < 100 * whole && may_answer(1, 100'000))
        sent += 100'000;
  };
  ask_for(10ms);
  BOOST_TEST(sent <= 2 * whole);
  BOOST_TEST(sent > whole);
  sent = 0;
  ask_for(5min);
  BOOST_TEST(sent <= 11 * whole);
  BOOST_TEST(sent >= 9 * whole);
  BOOST_TEST(may_answer(2, whole)); // each has its own share
}

BOOST_AUTO_TEST_CASE(empty_answers_are_limited_too) {
  std::size_t count = 0;
  while (count < whole && may_answer(1, 0))
    ++count;
  BOOST_TEST(count <= 2 * whole / 256);
}

BOOST_AUTO_TEST_CASE(one_that_got_no_answer_is_sent_a_digest_later) {
  while (may_answer(2, whole / 4))
    continue;
  BOOST_TEST(!may_answer(2, whole / 4));
  BOOST_TEST(waiting() == "");
  BOOST_TEST_REQUIRE(exchange.wake_at().has_value());
  now = *exchange.wake_at();
  BOOST_TEST(waiting() == "2");
  BOOST_TEST(!exchange.wake_at());
  BOOST_TEST(may_answer(2, whole / 5));
}

BOOST_AUTO_TEST_CASE(one_that_is_gone_is_sent_no_digest_later) {
  while (may_answer(2, whole))
    continue;
  exchange.remove(name_of(2));
  BOOST_TEST(!exchange.wake_at());
  exchange.add(name_of(2), now);
  now += 1h;
  BOOST_TEST(waiting() == "");
}

BOOST_AUTO_TEST_SUITE_END()
