#include <cafmesh/replicated.hpp>

#include <boost/test/unit_test.hpp>

#include "actors/core/crdt/outline.hpp"
#include "tests/actors/replicated/stores.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of large replicated values. Their actors exchange outlines, which are
// summaries of a value, and then send only what differs.
namespace {

struct large_stores : stores {
  static lww_map large(std::size_t entries, char owner = 'x') {
    lww_map result;
    for (std::size_t i = 0; i < entries; ++i)
      result.merge(
        *result.put("key " + std::to_string(i), view(std::string(100, 'v')),
                    peer_name::from_number(static_cast<std::uint8_t>(owner))));
    return result;
  }

  std::size_t bytes_of(const lww_map& x) {
    std::size_t result = 0;
    for (const auto& message : x.encode())
      result += message.size();
    return result;
  }

  /// The number of bytes in the messages that a node has received on the
  /// channel `value`.
  std::size_t heard_by(char letter) {
    std::size_t result = 0;
    const auto& x = at(letter).recorded("value");
    for (const auto& [from, text] : x.unicasts)
      result += text.size();
    for (const auto& text : x.gossip)
      result += text.size();
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(exchange_tests, large_stores)

BOOST_AUTO_TEST_CASE(a_newcomer_takes_over_a_large_value) {
  build("ab");
  auto a = value_on('a', large(2000));
  auto b = value_on<lww_map>('b');
  run();
  BOOST_TEST((*map(a) == *map(b)));
  BOOST_TEST(map(b)->size() == 2000u);
}

//   a --- b       with values that differ before they meet
BOOST_AUTO_TEST_CASE(values_that_meet_exchange_what_differs) {
  add('a');
  add('b');
  auto a = value_on('a', large(2000));
  auto b = value_on('b', large(2000));
  put(a, "only a", "1");
  put(b, "only b", "2");
  erase(b, "key 7");
  at('a').connect_to(at('b'));
  settle();
  run_for(minutes{2});
  BOOST_TEST((*map(a) == *map(b)));
  BOOST_TEST(get(a, "only b") == "2");
  BOOST_TEST(get(b, "only a") == "1");
  BOOST_TEST(get(a, "key 7") == "-");
}

//   a --- b --- c       b has no value: it relays
BOOST_AUTO_TEST_CASE(outlines_reach_beyond_a_node_that_has_no_value) {
  add('a');
  add('b');
  add('c');
  auto a = value_on('a', large(500));
  auto c = value_on('c', large(700));
  at('a').connect_to(at('b'));
  at('b').connect_to(at('c'));
  settle();
  run_for(minutes{2});
  BOOST_TEST((*map(a) == *map(c)));
  BOOST_TEST(map(a)->size() == 700u);
}

//   a --- b       b only listens
BOOST_AUTO_TEST_CASE(at_rest_a_large_value_says_a_few_bytes_per_interval) {
  build("ab");
  auto a = value_on('a', large(5000));
  at('b').join("value");
  run_for(minutes{1});
  const auto before = heard_by('b');
  run_for(minutes{10});
  const auto heard = heard_by('b') - before;
  BOOST_TEST(heard > 0u);
  BOOST_TEST(heard < 60u * 50); // 150 bytes in each of 20 intervals
}

BOOST_AUTO_TEST_CASE(a_short_value_is_sent_as_a_whole) {
  build("ab");
  auto a = value_on<lww_map>('a');
  put(a, "k", "v");
  at('b').join("value");
  run_for(minutes{2});
  const auto& gossips = at('b').recorded("value").gossip;
  BOOST_TEST_REQUIRE(!gossips.empty());
  BOOST_TEST(lww_map{}.decode(byte_view{gossips.back()})->size() == 1u);
}

//   b --- a --- c       b asks in c's name
BOOST_AUTO_TEST_CASE(outlines_in_a_peer_s_name_cannot_flood_that_peer) {
  build("ab ac");
  auto a = value_on('a', large(20'000));
  at('b').join("value");
  at('c').join("value");
  const auto whole = bytes_of(*map(a));
  const auto question = lww_map{}.outline(at('c').name());
  for (int i = 0; i < 200; ++i) {
    caf::anon_send(at('b').channel("value"),
                   unicasts{{unicast{at('a').name(), question}}});
    run();
  }
  BOOST_TEST(heard_by('c') > whole / 2);
  BOOST_TEST(heard_by('c') < 3 * whole);
}

//   b --- a --- c       b asks in many names before c joins
BOOST_AUTO_TEST_CASE(questions_in_many_names_keep_no_newcomer_waiting) {
  build("ab");
  auto a = value_on('a', large(2000));
  for (std::uint64_t i = 0; i < 100; ++i) {
    const auto who = peer_name::from_number(1000 + i);
    caf::anon_send(a, unicasts_arrived{{{who, {}}}, at('b').name()});
    run();
  }
  add('c');
  auto c = value_on<lww_map>('c');
  at('c').connect_to(at('a'));
  settle();
  run_for(seconds{5});
  BOOST_TEST(map(c)->size() == 2000u);
}

//   b --- c, b --- d, b --- e
// b joins with an empty value and asks the others.
BOOST_AUTO_TEST_CASE(only_an_answer_keeps_a_newcomer_from_asking_others) {
  for (int what = 0; what < 3; ++what) {
    large_stores nodes;
    nodes.build("bc bd be");
    for (char x : {'c', 'd', 'e'})
      nodes.at(x).join("value");
    auto b = nodes.value_on<lww_map>('b');
    nodes.run();
    const auto who = nodes.at('c').name();
    const auto question = lww_map{}.outline(nodes.at('b').name());
    const payload no_outline{bytes{outline_format}};
    const std::vector<payload> data{no_outline, lww_map{}.outline(who),
                                    large(20).outline(who)};
    caf::anon_send(b, unicasts_arrived{{{who, data[what]}}, who});
    nodes.run_for(seconds{10});
    std::size_t asked = 0;
    for (char x : {'c', 'd', 'e'})
      for (const auto& [from, text] : nodes.at(x).recorded("value").unicasts)
        asked += text == question.view().as_text() ? 1 : 0;
    BOOST_TEST(asked == (what == 2 ? 1u : 3u));
  }
}

BOOST_AUTO_TEST_CASE(an_outline_as_a_broadcast_is_refused) {
  build("ab");
  auto a = value_on('a', large(10));
  at('b').join("value");
  const auto before = heard_by('b');
  at('b').broadcast(
    "value", std::string{lww_map{}.outline(at('b').name()).view().as_text()});
  run();
  BOOST_TEST(heard_by('b') == before);
}

//   a --- b --- c --- d       what arrives at b by unicast goes on to d
BOOST_AUTO_TEST_CASE(what_was_taken_over_is_passed_on_within_seconds) {
  for (char x : {'a', 'b', 'c', 'd'})
    add(x);
  auto a = value_on('a', large(1000));
  auto b = value_on<lww_map>('b');
  auto c = value_on<lww_map>('c');
  auto d = value_on<lww_map>('d');
  at('b').connect_to(at('c'));
  at('c').connect_to(at('d'));
  settle();
  run_for(minutes{1});
  at('a').connect_to(at('b'));
  settle();
  run_for(seconds{5});
  BOOST_TEST((*map(d) == *map(a)));
}

BOOST_AUTO_TEST_SUITE_END()
