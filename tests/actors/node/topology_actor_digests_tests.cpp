#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "actors/core/crdt/outline.hpp"
#include "messages/wire/topology_digest.hpp"
#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of neighbours that exchange hashes to compare what they know about the
// mesh.
namespace {

struct digests : mesh {
  node& add_without_digests(char letter) {
    auto setup = settings_for(letter);
    setup.topology_digests = false;
    auto& result = prepare(letter, setup);
    result.start();
    return result;
  }
  static stranger::options with_digests() {
    stranger::options result;
    result.digests = true;
    return result;
  }
  std::size_t bytes_of(char from, char to) {
    return net().bytes_between(at(from).host(), at(to).host());
  }
};

std::size_t count(const stranger& s, wire::topology_message kind) {
  std::size_t result = 0;
  for (const auto& x : s.messages())
    if (x.channel == "topology"
        && wire::kind_of_topology_message(byte_view{x.data}) == kind)
      ++result;
  return result;
}

constexpr auto everything = outline::kind::wanted;

std::string outline_text(const stranger& s, outline::kind what) {
  auto data = encode(outline{s.name(), {{what, {}, 5, {1, 2}}}});
  return std::string{wire::outline_message(byte_view{data}).view().as_text()};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(topology_actor_digests_tests, digests)

BOOST_AUTO_TEST_CASE(at_rest_neighbours_exchange_little) {
  build("ab bc cd de ea ac bd");
  run_for(minutes{2});
  auto before = bytes_of('a', 'b');
  run_for(minutes{10});
  // In 10 minutes, `a` sends `b` 20 hashes and 20 heartbeats, each in a frame.
  BOOST_TEST(bytes_of('a', 'b') - before < 3000u);
}

BOOST_AUTO_TEST_CASE(all_know_all_whoever_understands_digests) {
  for (unsigned who = 0; who < 16; ++who) {
    for (unsigned i = 0; i < 4; ++i) {
      auto letter = static_cast<char>('a' + i);
      if ((who >> i & 1) != 0)
        add(letter);
      else
        add_without_digests(letter);
    }
    at('b').connect_to(at('a'));
    at('c').connect_to(at('b'));
    at('d').connect_to(at('c'));
    settle();
    BOOST_TEST(all_know("a>b b>a b>c c>b c>d d>c"), who);
    for (char letter : {'a', 'b', 'c', 'd'})
      at(letter).stop();
  }
}

BOOST_AUTO_TEST_CASE(a_dense_mesh_agrees_whoever_understands_digests) {
  constexpr unsigned nodes = 14;
  auto letter = [](unsigned i) {
    return static_cast<char>('a' + i);
  };
  for (unsigned without : {0u, 1u, 5u, nodes}) {
    for (unsigned i = 0; i < nodes; ++i)
      if (i < without)
        add_without_digests(letter(i));
      else
        add(letter(i));
    for (unsigned i = 1; i < nodes; ++i)
      for (unsigned k = 1; k <= std::min(i, 5u); ++k)
        at(letter(i)).connect_to(at(letter(i - k)));
    run_for(seconds{4}); // most periodic gossip comes later
    auto first = at('a').topology();
    for (unsigned i = 0; i < nodes; ++i) {
      BOOST_TEST(at(letter(i)).description().peers.size() == nodes);
      BOOST_TEST(at(letter(i)).topology() == first, without << " " << i);
    }
    at('c').stop();
    run_for(seconds{2});
    for (unsigned i = 0; i < nodes; ++i)
      if (letter(i) != 'c')
        BOOST_TEST(at(letter(i)).description().peers.size() == nodes - 1);
    for (unsigned i = 0; i < nodes; ++i)
      if (letter(i) != 'c')
        at(letter(i)).stop();
  }
}

BOOST_AUTO_TEST_CASE(a_remote_without_digests_gets_all_records_at_intervals) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  s.forget_messages();
  for (int i = 0; i < 120; ++i) {
    s.queue_heartbeat();
    run_for(seconds{5});
    s.talk();
  }
  BOOST_TEST(count(s, wire::topology_message::update) >= 19u);
  BOOST_TEST(s.count("topology") == count(s, wire::topology_message::update));
}

BOOST_AUTO_TEST_CASE(a_remote_with_digests_gets_one_at_intervals) {
  build("ab");
  stranger s{*this, at('a'), with_digests()};
  s.introduce();
  run_for(seconds{5});
  s.talk();
  s.forget_messages();
  for (int i = 0; i < 120; ++i) {
    s.queue_heartbeat();
    run_for(seconds{5});
    s.talk();
  }
  BOOST_TEST(count(s, wire::topology_message::outline) >= 19u);
  BOOST_TEST(count(s, wire::topology_message::outline) <= 21u);
  BOOST_TEST(count(s, wire::topology_message::update) == 0u);
}

BOOST_AUTO_TEST_CASE(a_node_with_digests_off_neither_announces_nor_sends_any) {
  add_without_digests('a');
  stranger s{*this, at('a'), with_digests()};
  s.introduce();
  BOOST_TEST(s.connection().remote_features().count("TopologyDigests") == 0u);
  BOOST_TEST(count(s, wire::topology_message::update) > 0u);
  BOOST_TEST(count(s, wire::topology_message::outline) == 0u);
}

BOOST_AUTO_TEST_CASE(records_that_are_asked_for_are_sent_and_the_end_is_told) {
  build("ab");
  stranger s{*this, at('a'), with_digests()};
  s.introduce();
  s.forget_messages();
  s.send(wire::message_tag::gossip, "topology", outline_text(s, everything));
  BOOST_TEST(count(s, wire::topology_message::update) == 1u);
  BOOST_TEST(s.messages().back().data
             == byte_view{wire::end_of_answer().view()}.as_text());
}

BOOST_AUTO_TEST_CASE(a_liar_that_asks_all_the_time_gets_few_answers) {
  build("ab");
  stranger s{*this, at('a'), with_digests()};
  s.introduce();
  s.forget_messages();
  std::size_t received = 0;
  for (int i = 0; i < 2000; ++i)
    s.send(wire::message_tag::gossip, "topology", outline_text(s, everything));
  for (const auto& x : s.messages())
    received += x.data.size();
  BOOST_TEST(received < 2u * 64 * 1024);
  BOOST_TEST(!s.is_closed());
}

BOOST_AUTO_TEST_CASE(an_outline_that_does_not_decode_ends_the_connection) {
  add('a');
  stranger s{*this, at('a'), with_digests()};
  s.introduce();
  s.send(wire::message_tag::gossip, "topology", "\x80 no outline");
  BOOST_TEST(s.is_closed());
}

BOOST_AUTO_TEST_CASE(messages_of_later_editions_are_ignored) {
  add('a');
  stranger s{*this, at('a'), with_digests()};
  s.introduce();
  s.send(wire::message_tag::gossip, "topology", "\xa0 of the future");
  BOOST_TEST(!s.is_closed());
}

BOOST_AUTO_TEST_CASE(an_outline_as_a_broadcast_is_refused) {
  build("ab");
  stranger s{*this, at('a'), with_digests()};
  s.introduce();
  s.send(wire::message_tag::broadcast, "topology", outline_text(s, everything));
  BOOST_TEST(s.is_closed());
}

BOOST_AUTO_TEST_SUITE_END()
