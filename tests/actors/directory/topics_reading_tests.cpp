#include <algorithm>

#include "tests/actors/directory/topics_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of large messages to topics. They are decoded outside the actor for
// topics.
BOOST_FIXTURE_TEST_SUITE(topics_reading_tests, topics)

BOOST_AUTO_TEST_CASE(large_messages_do_not_delay_those_on_other_topics) {
  build_with_topics("ab");
  auto heard = make_list();
  auto x = subscribe('a', "large", heard);
  ask<void>(of.at('a'), subscription("small", x));
  const std::string large(100'000, 'x');
  arrive('a', 1, "large", large);
  arrive('a', 2, "large", "second");
  arrive('a', 1, "small", "first");
  run();
  BOOST_TEST((*heard == strings{"first", large, "second"}));
  arrive('a', 3, "large", "third");
  run();
  BOOST_TEST(heard->back() == "third");
}

BOOST_AUTO_TEST_CASE(many_large_messages_arrive_in_order) {
  build_with_topics("a");
  auto heard = make_list();
  subscribe('a', "large", heard);
  strings all;
  // Together, these are more bytes than are decoded at the same time, but fewer
  // than may wait for a subscriber.
  for (int i = 1; i <= 30; ++i) {
    all.push_back(std::to_string(i) + std::string(100'000, 'x'));
    arrive('a', static_cast<std::uint64_t>(i), "large", all.back());
  }
  run();
  BOOST_TEST((*heard == all));
  BOOST_TEST(figures('a').missed == 0u);
}

BOOST_AUTO_TEST_CASE(a_large_message_is_delivered_before_the_next_is_decoded) {
  build_with_topics("a");
  auto heard = make_list();
  subscribe('a', "large", heard);
  std::size_t decoded = 0;
  std::size_t most_ahead = 0;
  carriers.at('a')->on_decode = [&] {
    most_ahead = std::max(most_ahead, ++decoded - heard->size());
  };
  for (std::uint64_t i = 1; i <= 30; ++i)
    arrive('a', i, "large", std::string(100'000, 'x'));
  run();
  BOOST_TEST(heard->size() == 30u);
  BOOST_TEST(most_ahead == 1u);
}

BOOST_AUTO_TEST_CASE(small_messages_behind_a_large_one_arrive_in_order) {
  build_with_topics("a");
  auto heard = make_list();
  subscribe('a', "large", heard);
  std::size_t decoded = 0;
  std::size_t most_ahead = 0;
  carriers.at('a')->on_decode = [&] {
    most_ahead = std::max(most_ahead, ++decoded - heard->size());
  };
  strings all{std::string(100'000, 'x')};
  arrive('a', 1, "large", all.back());
  for (std::uint64_t i = 2; i <= 10'000; ++i) {
    all.push_back(std::to_string(i));
    arrive('a', i, "large", all.back());
  }
  run();
  BOOST_TEST((*heard == all));
  BOOST_TEST(figures('a').missed == 0u);
  BOOST_TEST(most_ahead < 5'000u);
}

BOOST_AUTO_TEST_CASE(a_large_message_of_an_ended_subscription_is_dropped) {
  build_with_topics("a");
  auto heard = make_list();
  auto x = subscribe('a', "large", heard);
  arrive('a', 1, "large", std::string(100'000, 'x'));
  caf::anon_send(of.at('a'), end_of_subscription("large", x));
  caf::anon_send(of.at('a'), subscription("large", x));
  arrive('a', 2, "large", "new");
  run();
  BOOST_TEST((*heard == strings{"new"}));
}

BOOST_AUTO_TEST_SUITE_END()
