#include <boost/test/unit_test.hpp>

#include "tests/actors/core/remote/session_pair.hpp"

using namespace cafmesh;
using namespace cafmesh::remote;
using namespace cafmesh::test;

// Tests of the cost of the answers that wait or are on their way.
namespace {

struct fixture : session_pair {
  fixture() {
    say(a, "0");
    exchange();
  }
  void answer(std::size_t size) {
    a.talk.add_data(bytes(size), 1, now, {9, 1}, true);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sent_answers_tests, fixture)

BOOST_AUTO_TEST_CASE(small_answers_count_until_they_are_settled) {
  say(a, "a message");
  answer(1000);
  answer(2000);
  BOOST_TEST(a.talk.answers() == cost_of_frame(1000) + cost_of_frame(2000));
  const auto packets = a.talk.take_packets(now);
  BOOST_TEST(a.talk.answers() == cost_of_frame(1000) + cost_of_frame(2000));
  for (const auto& x : packets)
    b.receive(x, now);
  run_for(milliseconds{100});
  BOOST_TEST(a.talk.answers() == 0u);
  BOOST_TEST(a.talk.outstanding() > 3000u);
}

BOOST_AUTO_TEST_CASE(a_lost_answer_counts_until_the_loss_is_known) {
  answer(1000);
  a.talk.take_packets(now);
  BOOST_TEST(a.talk.answers() == cost_of_frame(1000));
  say(a, "next");
  run_for(seconds{1});
  BOOST_TEST(a.talk.answers() == 0u);
}

BOOST_AUTO_TEST_CASE(large_answers_count_until_they_are_settled) {
  constexpr std::size_t size = 10 * fragment_size + 1;
  say_long(a, "a message", size, 0, {9, 2});
  answer(size);
  BOOST_TEST(a.talk.answers() == cost_of_message(size).bytes);
  answer(1000);
  run_for(seconds{1});
  BOOST_TEST(a.talk.answers() == 0u);
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_large_answer_that_is_lost_does_not_count) {
  constexpr std::size_t size = 100 * fragment_size;
  auto lost = false;
  route = [&](session_end& to, const bytes& x) {
    return lost || &to != &b || x.size() < fragment_size || !(lost = true);
  };
  answer(size);
  say_long(a, "a message", size, 0, {9, 2});
  answer(size);
  run_for(seconds{1});
  BOOST_TEST(lost);
  BOOST_TEST(a.talk.answers() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
