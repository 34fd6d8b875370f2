#include <boost/test/unit_test.hpp>

#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of holds. With a hold, a node asks its neighbour to send nothing on one
// slow channel for a while.
namespace {

constexpr std::size_t kib = 1024;

stranger::options with_holds() {
  stranger::options result;
  result.takes_holds = true;
  return result;
}

using names = std::vector<std::string>;

struct holding : mesh {
  holding() {
    add('a').join("other");
    slow().hold = true;
    slow().sizes_only = true;
  }
  record& slow() {
    return at('a').recorded("chan");
  }
  record& other() {
    return at('a').recorded("other");
  }
  void send(stranger& from, const std::string& channel,
            std::size_t size = 64 * kib) {
    from.send(wire::message_tag::unicast, channel, std::string(size, 'x'),
              at('a').name());
  }
  /// Sends one message on a different channel, and then more unicasts on `chan`
  /// than the node gives credit for.
  void overload(stranger& from, int messages = 8) {
    from.send(wire::message_tag::gossip, "other", "word");
    for (int i = 0; i < messages; ++i)
      send(from, "chan");
  }
  void answer() {
    ask<void>(at('a').gossiper("chan"), answer_all{});
  }
  /// Makes the node send a unicast, in a batch of its own.
  reply_ptr<void> unicast(const stranger& to, const std::string& channel) {
    return at('a').unicast(channel, to.name(), std::string(64 * kib, 'x'));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(holds_tests, holding)

// -- slow channels of the node

BOOST_AUTO_TEST_CASE(a_slow_channel_is_held_until_it_has_answered) {
  stranger s{*this, at('a'), with_holds()};
  s.introduce();
  overload(s);
  BOOST_TEST(s.holds() == names{"+chan"}, boost::test_tools::per_element());
  answer();
  s.talk();
  BOOST_TEST((s.holds() == names{"+chan", "-chan"}));
}

BOOST_AUTO_TEST_CASE(a_channel_that_is_alone_is_not_held) {
  stranger s{*this, at('a'), with_holds()};
  s.introduce();
  for (int i = 0; i < 8; ++i)
    send(s, "chan");
  BOOST_TEST(s.holds().empty());
}

BOOST_AUTO_TEST_CASE(other_channels_are_read_while_one_is_held) {
  stranger s{*this, at('a'), with_holds()};
  s.introduce();
  overload(s);
  send(s, "other");
  BOOST_TEST(other().unicasts.size() == 1u);
  send(s, "chan");
  send(s, "other");
  BOOST_TEST(other().unicasts.size() == 2u);
  BOOST_TEST(at('a').figures("chan").unicasts_dropped == 0u);
}

BOOST_AUTO_TEST_CASE(what_came_during_a_hold_is_delivered) {
  stranger s{*this, at('a'), with_holds()};
  s.introduce();
  overload(s, 20);
  answer();
  s.talk();
  BOOST_TEST(slow().unicasts.size() == 20u);
}

BOOST_AUTO_TEST_CASE(a_hold_is_repeated_while_the_channel_is_slow) {
  stranger s{*this, at('a'), with_holds()};
  s.introduce();
  overload(s);
  run_for(milliseconds{3'500});
  s.talk();
  BOOST_TEST((s.holds() == names{"+chan", "+chan", "+chan", "+chan"}));
  answer();
  run_for(seconds{5});
  s.talk();
  BOOST_TEST(s.holds().size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_remote_without_the_feature_hears_of_no_holds) {
  stranger s{*this, at('a')};
  s.introduce();
  overload(s);
  run_for(seconds{3});
  s.talk();
  BOOST_TEST(s.holds().empty());
}

BOOST_AUTO_TEST_CASE(a_remote_that_ignores_holds_is_not_read_for_a_while) {
  stranger s{*this, at('a'), with_holds()};
  s.introduce();
  auto before = net().bytes_between(s.host(), at('a').host());
  overload(s, 160);
  auto taken = net().bytes_between(s.host(), at('a').host()) - before;
  BOOST_TEST(taken > 2 * kib * kib);
  BOOST_TEST(taken < 6 * kib * kib);
}

BOOST_AUTO_TEST_CASE(without_holds_a_slow_channel_is_bypassed_after_a_while) {
  stranger s{*this, at('a')};
  s.introduce();
  overload(s);
  send(s, "other");
  BOOST_TEST(other().unicasts.empty());
  run_for(milliseconds{150});
  s.talk();
  BOOST_TEST(other().unicasts.size() == 1u);
  BOOST_TEST(at('a').figures("chan").overrun > 0u);
}

// -- channels that the neighbour holds

BOOST_AUTO_TEST_CASE(a_held_channel_waits_and_others_do_not) {
  stranger s{*this, at('a')};
  s.introduce();
  s.hold("chan", true);
  std::vector<reply_ptr<void>> sent;
  for (int i = 0; i < 4; ++i) {
    sent.push_back(unicast(s, "chan"));
    s.talk();
  }
  BOOST_TEST(sent.back()->is_open);
  BOOST_TEST(s.count("chan") < 4u);
  auto other = unicast(s, "other");
  s.talk();
  BOOST_TEST(!other->is_open);
  BOOST_TEST(s.count("other") == 1u);
  s.hold("chan", false);
  BOOST_TEST(!sent.back()->is_open);
  BOOST_TEST(!sent.back()->why);
  BOOST_TEST(s.count("chan") == 4u);
}

BOOST_AUTO_TEST_CASE(a_hold_that_is_not_repeated_ends_by_itself) {
  stranger s{*this, at('a')};
  s.introduce();
  s.hold("chan", true);
  unicast(s, "chan");
  run_for(seconds{3});
  auto later = unicast(s, "chan");
  s.talk();
  BOOST_TEST(!later->is_open);
  BOOST_TEST(!later->why);
}

BOOST_AUTO_TEST_CASE(the_topology_cannot_be_held) {
  stranger s{*this, at('a')};
  s.introduce();
  s.hold("topology", true);
  auto before = s.count("topology");
  run_for(minutes{2});
  s.talk();
  BOOST_TEST(s.count("topology") >= before + 2);
}

BOOST_AUTO_TEST_CASE(what_is_held_fails_when_the_connection_ends) {
  stranger s{*this, at('a')};
  s.introduce();
  s.hold("chan", true);
  auto first = unicast(s, "chan");
  auto second = unicast(s, "chan");
  s.hang_up();
  run_for(seconds{3});
  BOOST_TEST(!first->is_open);
  BOOST_TEST(!second->is_open);
  BOOST_TEST(bool{second->why});
}

// Unicasts to this remote are dropped.
BOOST_AUTO_TEST_CASE(a_remote_that_holds_for_ever_fills_no_memory) {
  stranger s{*this, at('a')};
  s.introduce();
  std::vector<reply_ptr<void>> sent;
  for (int i = 0; i < 40; ++i) {
    s.hold("chan", true);
    sent.push_back(unicast(s, "chan"));
    run_for(milliseconds{500});
  }
  BOOST_TEST(!sent[20]->is_open);
  BOOST_TEST(bool{sent[20]->why});
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(a_malformed_hold_is_ignored) {
  stranger s{*this, at('a')};
  s.introduce();
  s.write_raw(bytes{0, 0, 0, 2, 8, 7});
  send(s, "other");
  BOOST_TEST(other().unicasts.size() == 1u);
}

// -- two nodes

BOOST_AUTO_TEST_CASE(two_nodes_lose_nothing_beside_a_slow_channel) {
  add('b').join("other");
  at('b').recorded("chan").sizes_only = true;
  at('b').connect_to(at('a'));
  settle();
  std::vector<reply_ptr<void>> sent;
  for (int i = 0; i < 100; ++i) {
    sent.push_back(
      at('b').unicast("chan", at('a'), std::string(64 * kib, 'x')));
    run_for(milliseconds{5});
    if (i % 10 == 9)
      answer();
    slow().hold = true;
  }
  answer();
  run_for(seconds{1});
  BOOST_TEST(slow().unicasts.size() == 100u);
  for (const auto& x : sent)
    BOOST_TEST((!x->is_open && !x->why));
}

BOOST_AUTO_TEST_SUITE_END()
