#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a node that relays a channel without having joined it: a surrogate.
namespace {

using strings = std::vector<std::string>;

// `a` and `c` have joined the channel `other`. `b`, between them, has not.
//
//   a --- b --- c
struct relayed_channel : mesh {
  relayed_channel() {
    build("ab bc");
    at('a').join("other");
    at('c').join("other");
  }
  strings names(node& x) {
    auto status = ask<mesh_status>(x.router(), get_status{});
    BOOST_TEST_REQUIRE(status.value.has_value(), describe(status.why));
    strings result;
    for (const auto& channel : status.value->channels)
      result.push_back(channel.name);
    return result;
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

BOOST_AUTO_TEST_CASE(the_same_gossip_is_relayed_once_within_a_round) {
  at('a').gossip("other", "news");
  at('a').gossip("other", "news");
  settle();
  BOOST_TEST(right().gossip.size() == 1u);
}

// Each node gossips its state about once per interval, even if the state has
// not changed. The surrogate must relay the state in each interval.
BOOST_AUTO_TEST_CASE(every_round_of_the_same_gossip_is_relayed) {
  left().state = {"quiet"};
  right().state = {"quiet"};
  // Both ends gossip the same state. In each of the ten intervals of 30 s, the
  // surrogate relays only the message that arrives first.
  auto heard = [this] {
    return left().gossip.size() + right().gossip.size();
  };
  auto before = heard();
  run_for(minutes{5});
  BOOST_TEST(heard() - before >= 9u);
}

BOOST_AUTO_TEST_CASE(the_same_gossip_is_relayed_again_later) {
  at('a').gossip("other", "news");
  run_for(seconds{16});
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

BOOST_AUTO_TEST_CASE(a_surrogate_channel_ceases_to_count_once_joined) {
  auto setup = settings_for('d');
  setup.max_surrogate_channels = 1;
  auto& d = add('d', setup);
  d.channel("one");
  d.join("one");
  d.channel("two");
  d.channel("three");
  BOOST_TEST((names(d) == strings{"chan", "one", "three", "topology"}));
}

BOOST_AUTO_TEST_CASE(a_channel_whose_gossiper_died_can_be_joined_again) {
  auto setup = settings_for('d');
  setup.max_surrogate_channels = 1;
  auto& d = add('d', setup);
  d.join("one");
  caf::anon_send_exit(d.gossiper("one"), caf::exit_reason::kill);
  run();
  d.join("one");
  d.channel("two");
  d.channel("three");
  BOOST_TEST((names(d) == strings{"chan", "one", "three", "topology"}));
}

// -- limits

BOOST_AUTO_TEST_CASE(
  messages_for_a_channel_over_the_limit_are_dropped_and_logged) {
  auto setup = settings_for('d');
  setup.max_surrogate_channels = 0;
  add('d', setup).connect_to(at('a'));
  settle();
  for (auto channel : {"one", "two", "three"})
    at('a').broadcast(channel, "word");
  settle();
  BOOST_TEST(at('d').log().count({"dropped", "too_many_channels"}) == 1u);
  BOOST_TEST(at('d').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(messages_after_a_channel_over_the_limit_are_delivered) {
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

BOOST_AUTO_TEST_CASE(beyond_the_limit_the_least_recently_used_channel_ends) {
  auto setup = settings_for('b');
  setup.max_surrogate_channels = 4;
  at('b').stop();
  auto& b = add('b', setup);
  at('a').connect_to(b);
  b.connect_to(at('c'));
  settle();
  // One neighbour may use half of the limit, here two channels. So the new
  // channel `three` ends one of the two.
  for (auto channel : {"one", "two"})
    at('a').broadcast(channel, "word");
  run_for(seconds{1});
  at('a').broadcast("one", "word");
  at('a').broadcast("three", "word");
  BOOST_TEST((names(b) == strings{"chan", "one", "three", "topology"}));
  at('c').join("two");
  at('a').broadcast("two", "late");
  settle();
  BOOST_TEST(at('c').recorded("two").broadcasts_of("late ") == 1u);
}

BOOST_AUTO_TEST_CASE(a_flood_of_names_keeps_no_other_neighbour_s_channel_out) {
  auto setup = settings_for('d');
  setup.max_surrogate_channels = 10;
  auto& d = add('d', setup);
  auto flooder = peer_name::from_number(1);
  auto honest = peer_name::from_number(2);
  d.find("honest", honest);
  for (int i = 0; i < 100; ++i) {
    d.find("flood" + std::to_string(i), flooder);
    run_for(milliseconds{1});
  }
  auto left = names(d);
  BOOST_TEST(std::count(left.begin(), left.end(), "honest") == 1);
  BOOST_TEST(left.size() <= 3u + 5u);
  d.join("flood99");
  d.join("mine");
}

BOOST_AUTO_TEST_CASE(a_surrogate_channel_that_nobody_uses_ends) {
  auto before = running();
  for (int i = 0; i < 20; ++i)
    at('a').broadcast("ch" + std::to_string(i), "word");
  settle();
  BOOST_TEST(running() > before + 3 * 20u);
  run_for(minutes{3});
  BOOST_TEST((names(at('b')) == strings{"chan", "other", "topology"}
              || names(at('b')) == strings{"chan", "topology"}));
  BOOST_TEST(running() <= before + 4u);
  at('a').broadcast("ch0", "word");
  BOOST_TEST(at('b').degree() == 2u);
}

BOOST_AUTO_TEST_CASE(a_channel_whose_gossiper_died_ends_when_nobody_uses_it) {
  at('b').join("mine");
  caf::anon_send_exit(at('b').gossiper("mine"), caf::exit_reason::kill);
  run();
  BOOST_TEST((names(at('b')) == strings{"chan", "mine", "other", "topology"}
              || names(at('b')) == strings{"chan", "mine", "topology"}));
  run_for(minutes{3});
  auto left = names(at('b'));
  BOOST_TEST(std::count(left.begin(), left.end(), "mine") == 0);
  BOOST_TEST(at('b').degree() == 2u);
  auto& anew = at('b').join("mine");
  at('a').unicast("mine", at('b'), "hello");
  settle();
  BOOST_TEST(anew.unicasts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_channel_whose_gossiper_died_stays_while_it_is_used) {
  at('b').join("other");
  caf::anon_send_exit(at('b').gossiper("other"), caf::exit_reason::kill);
  for (int i = 0; i < 10; ++i) {
    at('a').unicast("other", at('c'), "hello");
    run_for(seconds{40});
  }
  BOOST_TEST(at('b').figures("other").unicasts_relayed == 10u);
}

BOOST_AUTO_TEST_CASE(a_channel_that_is_joined_again_never_ends_as_unused) {
  at('b').join("mine");
  caf::anon_send_exit(at('b').gossiper("mine"), caf::exit_reason::kill);
  at('b').join("mine");
  run_for(minutes{10});
  auto left = names(at('b'));
  BOOST_TEST(std::count(left.begin(), left.end(), "mine") == 1);
  BOOST_TEST(!at('b').figures("mine").surrogate);
}

BOOST_AUTO_TEST_CASE(a_surrogate_channel_in_use_does_not_end) {
  for (int i = 0; i < 10; ++i) {
    at('a').unicast("other", at('c'), "hello");
    run_for(seconds{40});
  }
  BOOST_TEST(right().unicasts.size() == 10u);
  BOOST_TEST(at('b').figures("other").unicasts_relayed == 10u);
}

BOOST_AUTO_TEST_CASE(senders_that_are_idle_end) {
  run_for(seconds{41}); // no gossip is due soon after this
  auto before = running();
  at('a').broadcast("chan", "word");
  BOOST_TEST(running() > before);
  run_for(seconds{12});
  BOOST_TEST(running() <= before);
}

// The limit on channels ends the channel.
BOOST_AUTO_TEST_CASE(gossip_is_not_relayed_twice_after_its_channel_ended) {
  auto setup = settings_for('b');
  setup.max_surrogate_channels = 1;
  at('b').stop();
  auto& b = add('b', setup);
  at('a').connect_to(b);
  b.connect_to(at('c'));
  settle();
  for (int i = 0; i < 3; ++i) {
    at('a').gossip("other", "news");
    at('a').gossip("another", "news");
    run_for(seconds{1});
  }
  BOOST_TEST(right().gossip.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
