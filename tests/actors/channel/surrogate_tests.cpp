#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

// Two nodes that share a channel, and one between them that never heard of it.
//
//   a --- b --- c        on `other`: a, c
struct relayed_channel : mesh {
  relayed_channel() {
    build("ab bc");
    at('a').join("other");
    at('c').join("other");
  }
  record& left() {
    return at('a').recorded("other");
  }
  record& right() {
    return at('c').recorded("other");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(surrogate_tests, relayed_channel)

BOOST_AUTO_TEST_CASE(broadcasts_are_relayed) {
  at('a').broadcast("other", "hello");
  settle();
  BOOST_TEST(right().broadcasts_of("hello ") == 1u);
}

BOOST_AUTO_TEST_CASE(unicasts_to_others_are_relayed) {
  auto sent = at('a').unicast("other", at('c'), "hello");
  settle();
  BOOST_TEST(!sent->why);
  BOOST_TEST(right().unicasts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_unicast_to_the_surrogate_itself_is_ignored) {
  auto sent = at('a').unicast("other", at('b'), "hello");
  settle();
  BOOST_TEST(!sent->is_open);
  BOOST_TEST(at('b').log().has("relaying as a surrogate"));
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(the_same_gossip_is_relayed_once_within_an_interval) {
  at('a').gossip("other", "news");
  at('a').gossip("other", "news");
  settle();
  BOOST_TEST(right().gossip.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_same_gossip_is_relayed_again_later) {
  at('a').gossip("other", "news");
  run_for(seconds{31});
  at('a').gossip("other", "news");
  settle();
  BOOST_TEST(right().gossip.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_surrogate_has_no_state_to_gossip) {
  at('b').channel("other");
  auto before = right().gossip.size();
  run_for(minutes{3});
  BOOST_TEST(right().gossip.size() == before);
}

BOOST_AUTO_TEST_CASE(joining_makes_a_channel_of_a_surrogate) {
  at('a').broadcast("other", "early");
  settle();
  auto& middle = at('b').join("other");
  at('a').broadcast("other", "late");
  settle();
  BOOST_TEST(middle.broadcasts.size() == 1u);
  BOOST_TEST(middle.broadcasts_of("late ") == 1u);
  BOOST_TEST(right().broadcasts_of("late ") == 1u);
}

BOOST_AUTO_TEST_CASE(a_surrogate_that_was_joined_counts_no_more) {
  auto setup = settings_for('d');
  setup.max_surrogate_channels = 1;
  auto& d = add('d', setup);
  d.channel("one");
  d.join("one");
  d.channel("two");
  auto three = d.find("three");
  BOOST_TEST(is(three.why, errc::too_many_channels), describe(three.why));
}

BOOST_AUTO_TEST_CASE(a_channel_whose_gossiper_died_can_be_joined_again) {
  auto setup = settings_for('d');
  setup.max_surrogate_channels = 2;
  auto& d = add('d', setup);
  d.join("one");
  caf::anon_send_exit(d.gossiper("one"), caf::exit_reason::kill);
  run();
  d.join("one");
  d.channel("two");
  d.channel("three");
  auto four = d.find("four");
  BOOST_TEST(is(four.why, errc::too_many_channels), describe(four.why));
}

BOOST_AUTO_TEST_CASE(
  what_comes_for_one_channel_too_many_is_dropped_and_logged) {
  auto setup = settings_for('d');
  setup.max_surrogate_channels = 1;
  add('d', setup).connect_to(at('a'));
  settle();
  for (auto channel : {"one", "two", "three"})
    at('a').broadcast(channel, "word");
  settle();
  // Once per connection, however many names the remote makes up.
  BOOST_TEST(at('d').log().count({"dropped", "too_many_channels"}) == 1u);
  BOOST_TEST(at('d').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(a_channel_is_read_on_after_one_too_many) {
  auto setup = settings_for('d');
  setup.max_surrogate_channels = 1;
  add('d', setup).connect_to(at('a'));
  settle();
  for (int i = 0; i < 20; ++i)
    at('a').broadcast("ch" + std::to_string(i), "word");
  at('a').broadcast("chan", "word");
  settle();
  BOOST_TEST(at('d').recorded("chan").broadcasts_of("word ") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
