#include "tests/actors/channel/channel_fixture.hpp"

#include <set>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "tests/support/blob.hpp"
#include "tests/support/stranger.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of broadcasts and gossip between nodes. In the drawings, letters are
// nodes, except that `s` and `t` are scripted peers.
BOOST_FIXTURE_TEST_SUITE(gossip_channel_tests, channels)

// -- broadcast

//   a --- b --- c --- d --- e
BOOST_AUTO_TEST_CASE(a_broadcast_comes_exactly_once_in_a_line) {
  build("ab bc cd de");
  check_broadcasts();
}

//   a --- b --- c
//   |           |
//   +- e --- d -+
BOOST_AUTO_TEST_CASE(a_broadcast_comes_exactly_once_in_a_ring) {
  build("ab bc cd de ea");
  check_broadcasts();
}

//     b   c
//      \ /
//       a
//      / \.
//     d   e
BOOST_AUTO_TEST_CASE(a_broadcast_comes_exactly_once_in_a_star) {
  build("ba ca da ea");
  check_broadcasts();
}

BOOST_AUTO_TEST_CASE(a_broadcast_comes_exactly_once_in_a_full_mesh) {
  build("ab ac ad ae bc bd be cd ce de");
  check_broadcasts();
}

BOOST_AUTO_TEST_CASE(a_relayed_broadcast_keeps_its_source) {
  build("ab bc");
  at('a').broadcast("chan", "word");
  settle();
  BOOST_TEST_REQUIRE(heard('c').broadcasts.size() == 1u);
  BOOST_TEST((heard('c').broadcasts[0].first == at('a').name()));
}

// `s` sends a broadcast of `b` back to `a`. According to the routes of `a`, the
// broadcast would go on to `s`.
//     s --- a --- b
BOOST_AUTO_TEST_CASE(a_broadcast_is_never_sent_back_where_it_came_from) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  at('b').broadcast("chan", "word");
  s.talk();
  BOOST_TEST(s.count("chan") == 1u);
  outgoing x;
  x.tag = wire::message_tag::broadcast;
  x.source = at('b').name();
  x.data = text_payload("again ");
  s.queue(x, "chan");
  s.talk();
  BOOST_TEST(heard('a').broadcasts_of("again ") == 1u);
  BOOST_TEST(s.count("chan") == 1u);
}

//   s --- a --- b, and t --- a
BOOST_AUTO_TEST_CASE(a_message_that_has_gone_round_a_circle_is_dropped) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  stranger::options other;
  other.letter = 't';
  stranger t{*this, at('a'), other};
  t.introduce();
  run_for(seconds{10}); // until routes have settled
  outgoing x;
  x.source = s.name();
  x.destination = at('b').name();
  x.data = text_payload("word ");
  for (auto tag : {wire::message_tag::unicast, wire::message_tag::broadcast}) {
    x.tag = tag;
    for (auto* from : {&s, &t, &s, &t, &t}) {
      from->queue(x, "chan");
      from->talk();
    }
  }
  // All copies from `s`, which was the first to send the message, are
  // delivered. The copies from `t` seem to have gone round, so they are
  // dropped.
  BOOST_TEST(heard('b').unicasts.size() == 2u);
  BOOST_TEST(heard('a').broadcasts_of("word ") == 2u);
  BOOST_TEST(at('a').figures("chan").looped == 6u);
}

// -- gossip

//   s --- a --- b
BOOST_AUTO_TEST_CASE(only_news_is_passed_on_as_gossip) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  heard('a').state = {"old"};
  s.send(wire::message_tag::gossip, "chan", "old new ");
  BOOST_TEST_REQUIRE(heard('b').gossip.size() == 1u);
  BOOST_TEST(heard('b').gossip[0] == "new ");
  s.send(wire::message_tag::gossip, "chan", "old new ");
  BOOST_TEST(heard('b').gossip.size() == 1u);
}

//   s --- a --- b
BOOST_AUTO_TEST_CASE(gossip_never_goes_back_to_its_source) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  for (int i = 0; i < 20; ++i)
    s.send(wire::message_tag::gossip, "chan", "w" + std::to_string(i) + " ");
  BOOST_TEST(heard('b').gossip.size() == 20u);
  BOOST_TEST(s.count("chan") == 0u);
}

//   s --- a --- b
BOOST_AUTO_TEST_CASE(gossip_in_another_name_never_goes_back_to_its_sender) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  for (int i = 0; i < 20; ++i) {
    outgoing x;
    x.tag = wire::message_tag::gossip;
    x.source = at('b').name();
    x.data = text_payload("w" + std::to_string(i) + " ");
    s.queue(x, "chan");
    s.talk();
  }
  BOOST_TEST(heard('a').gossip.size() == 20u);
  BOOST_TEST(s.count("chan") == 0u);
}

//   s --- a
BOOST_AUTO_TEST_CASE(gossip_goes_out_under_our_own_name) {
  add('a');
  stranger s{*this, at('a')};
  s.introduce();
  at('a').gossip("chan", "word");
  s.talk();
  BOOST_TEST_REQUIRE(s.count("chan") == 1u);
  BOOST_TEST((s.messages().back().source == at('a').name()));
  BOOST_TEST((s.messages().back().tag == wire::message_tag::gossip));
}

BOOST_AUTO_TEST_CASE(the_complete_state_is_gossiped_at_intervals) {
  build("ab");
  run_for(seconds{31});
  for (int i = 0; i < 10; ++i) {
    auto before = heard('a').asked_for_everything;
    run_for(seconds{30});
    BOOST_TEST(heard('a').asked_for_everything == before + 1);
  }
  heard('a').state = {"quiet"};
  run_for(seconds{31});
  BOOST_TEST((heard('b').state == texts{"quiet"}));
}

BOOST_AUTO_TEST_CASE(nodes_that_start_together_gossip_at_different_moments) {
  build("ab ac ad");
  std::set<std::size_t> moments;
  for (char who : {'a', 'b', 'c', 'd'})
    heard(who).asked_for_everything = 0;
  for (std::size_t i = 0; i < 310; ++i) {
    run_for(milliseconds{100});
    for (char who : {'a', 'b', 'c', 'd'})
      if (std::exchange(heard(who).asked_for_everything, 0) != 0)
        moments.insert(i);
  }
  BOOST_TEST(moments.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_new_neighbour_gets_the_complete_state_at_once) {
  add('a');
  heard('a').state = {"one", "two"};
  add('b').connect_to(at('a'));
  BOOST_TEST((heard('b').state == texts{"one", "two"}));
}

BOOST_AUTO_TEST_CASE(a_known_peer_that_connects_is_not_sent_everything) {
  build("ab bc");
  auto before = heard('a').asked_for_everything;
  at('a').connect_to(at('c'));
  BOOST_TEST(at('a').degree() == 2u);
  BOOST_TEST(heard('a').asked_for_everything == before);
}

// -- gossipers that fail

//   a --- b --- c
BOOST_AUTO_TEST_CASE(a_channel_whose_gossiper_died_goes_on_as_a_surrogate) {
  build("ab bc");
  caf::anon_send_exit(at('b').gossiper("chan"), caf::exit_reason::kill);
  run();
  BOOST_TEST(at('b').log().has("relaying as a surrogate"));
  at('a').broadcast("chan", "word");
  settle();
  BOOST_TEST(heard('b').broadcasts.empty());
  BOOST_TEST(heard('c').broadcasts_of("word ") == 1u);
}

// -- slow neighbours

BOOST_AUTO_TEST_CASE(data_that_waits_for_a_slow_neighbour_is_merged) {
  build("ab");
  net().block(at('a').host(), at('b').host());
  auto word = blob(100 * kib);
  for (int i = 0; i < 200; ++i) {
    at('a').broadcast("chan", word);
    at('a').gossip("chan", word + "g");
  }
  net().unblock(at('a').host(), at('b').host());
  settle();
  BOOST_TEST(heard('b').broadcasts.size() + heard('b').gossip.size() < 20u);
  BOOST_TEST(heard('b').broadcasts_of(word + " ") >= 1u);
  BOOST_TEST((heard('b').state == texts{word + "g"}));
}

BOOST_AUTO_TEST_CASE(a_slow_neighbour_does_not_slow_the_others) {
  build("ab ac");
  net().block(at('a').host(), at('b').host());
  for (int i = 0; i < 100; ++i)
    at('a').broadcast("chan", "w" + std::to_string(i) + blob(20 * kib));
  BOOST_TEST(heard('c').broadcasts.size() == 100u);
}

BOOST_AUTO_TEST_SUITE_END()
