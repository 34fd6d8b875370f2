#include "actors/context/topology_parts.hpp"
#include "tests/support/blob.hpp"
#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

#include <set>
#include <utility>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of channels between nodes: unicasts, broadcasts and gossip. In the
// drawings, letters are nodes, `s` is a stranger, and `--x--` is a blocked
// link.
namespace {

struct channels : mesh {
  record& heard(char letter) {
    return at(letter).recorded("chan");
  }
  reply_ptr<void> send(char from, char to, std::string_view data) {
    return at(from).unicast("chan", at(to), data);
  }
  void send_unasked(char from, char to, std::string_view data) {
    caf::anon_send(at(from).channel("chan"),
                   unicast{at(to).name(), text_payload(data)});
    run();
  }
  std::uint64_t dropped(char letter) {
    auto status =
      ask<channel_status>(at(letter).channel("chan"), get_channel_status{});
    return status.value ? status.value->unicasts_dropped : 0;
  }
  /// Makes each node broadcast, and checks that every other node receives each
  /// broadcast exactly once.
  void check_broadcasts() {
    for (auto& x : nodes())
      x->broadcast("chan", "from_" + x->config().nickname);
    settle();
    for (auto& x : nodes())
      for (auto& y : nodes())
        BOOST_TEST(y->recorded("chan").broadcasts_of(
                     "from_" + x->config().nickname + " ")
                     == (x == y ? 0u : 1u),
                   y->config().nickname << " from " << x->config().nickname);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gossip_channel_tests, channels)

// -- unicast

//   a --- b --- c --- d
BOOST_AUTO_TEST_CASE(a_unicast_of_any_size_arrives_over_any_number_of_hops) {
  build("ab bc cd");
  for (char to : {'a', 'b', 'c', 'd'}) {
    heard(to).sizes_only = true;
    for (auto size : {std::size_t{0}, std::size_t{1}, 64 * kib, 9 * mib}) {
      auto sent = send('a', to, blob(size));
      BOOST_TEST((!sent->is_open && !sent->why), to << ": " << size);
      BOOST_TEST_REQUIRE(!heard(to).unicasts.empty(), to << ": " << size);
      BOOST_TEST(heard(to).unicasts.back().second == std::to_string(size));
      BOOST_TEST((heard(to).unicasts.back().first == at('a').name()));
    }
    BOOST_TEST(heard(to).unicasts.size() == 4u);
  }
}

BOOST_AUTO_TEST_CASE(a_unicast_over_the_limit_is_an_error) {
  build("ab");
  auto sent = send('a', 'b', blob(10 * mib));
  BOOST_TEST(is(sent->why, errc::too_large), describe(sent->why));
  BOOST_TEST(heard('b').unicasts.empty());
  BOOST_TEST(!send('a', 'b', "small")->why);
}

BOOST_AUTO_TEST_CASE(a_unicast_to_an_unknown_peer_has_no_route) {
  build("ab");
  auto sent = at('a').unicast("chan", peer_name::from_number('z'), "hello");
  BOOST_TEST(is(sent->why, errc::no_route), describe(sent->why));
}

BOOST_AUTO_TEST_CASE(a_unicast_to_a_peer_that_has_left_has_no_route) {
  build("ab bc");
  auto gone = at('c').name();
  at('c').stop();
  settle();
  auto sent = at('a').unicast("chan", gone, "hello");
  BOOST_TEST(is(sent->why, errc::no_route), describe(sent->why));
}

BOOST_AUTO_TEST_CASE(a_batch_keeps_its_order) {
  build("ab bc");
  unicasts batch;
  for (int i = 0; i < 200; ++i)
    batch.messages.push_back(
      {at(i % 2 == 0 ? 'c' : 'b').name(), text_payload(std::to_string(i))});
  auto sent = ask<void>(at('a').channel("chan"), batch);
  BOOST_TEST((!sent.is_open && !sent.why));
  BOOST_TEST_REQUIRE(heard('c').unicasts.size() == 100u);
  for (std::size_t i = 0; i < 100; ++i)
    BOOST_TEST(heard('c').unicasts[i].second == std::to_string(2 * i));
}

BOOST_AUTO_TEST_CASE(one_bad_message_does_not_affect_the_rest_of_its_batch) {
  build("ab");
  unicasts batch;
  batch.messages.push_back({at('b').name(), text_payload("first")});
  batch.messages.push_back({peer_name::from_number('z'), text_payload("lost")});
  batch.messages.push_back({at('b').name(), text_payload("last")});
  auto sent = ask<void>(at('a').channel("chan"), batch);
  BOOST_TEST(is(sent.why, errc::no_route), describe(sent.why));
  BOOST_TEST(heard('b').unicasts.size() == 2u);
}

//   s --- a --- b
BOOST_AUTO_TEST_CASE(a_unicast_is_never_sent_back_where_it_came_from) {
  build("ab");
  stranger s{*this, at('a')};
  s.introduce();
  s.send(wire::message_tag::unicast, "chan", "boomerang", s.name());
  BOOST_TEST(s.count("chan") == 0u);
  BOOST_TEST(dropped('a') == 1u);
  BOOST_TEST(!s.is_closed());
}

//   s --- a --- b
BOOST_AUTO_TEST_CASE(a_peer_just_heard_of_can_be_reached_at_once) {
  add('a');
  auto& b = add('b');
  stranger s{*this, at('a')};
  s.introduce();
  b.connect_to(at('a'));
  s.send(wire::message_tag::unicast, "chan", "early", b.name());
  BOOST_TEST(heard('b').unicasts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_unicast_that_waits_for_a_way_is_not_overtaken) {
  build("ab");
  auto topology =
    caf::actor_cast<topology_actor>(at('a').parts("topology").at(0));
  auto view = ask<mesh_view_ptr>(topology, get_view{}).value;
  BOOST_TEST_REQUIRE(view.has_value());
  auto channel = at('a').channel("chan");
  auto show = [&](mesh_view_ptr x) {
    caf::anon_send(caf::actor_cast<view_watcher_actor>(channel),
                   view_changed{std::move(x)});
  };
  auto say = [&](const char* text) {
    caf::anon_send(channel, unicast{at('b').name(), text_payload(text)});
  };
  // The channel gets the view after the first unicast has asked the topology
  // for a route, and before the topology answers.
  show(std::make_shared<const mesh_view>());
  say("first");
  show(*view);
  say("second");
  run();
  auto& came = heard('b').unicasts;
  BOOST_TEST_REQUIRE(came.size() == 2u);
  BOOST_TEST(came[0].second == "first");
  BOOST_TEST(came[1].second == "second");
}

// -- unicast to slow and failing hops

//   a --- b --x-- c
BOOST_AUTO_TEST_CASE(a_failing_next_hop_ends_no_other_connection) {
  build("ab bc");
  net().block(at('b').host(), at('c').host());
  for (int i = 0; i < 40; ++i)
    send_unasked('a', 'c', blob(64 * kib));
  net().cut(at('b').host(), at('c').host());
  run();
  BOOST_TEST(at('b').log().count({"closed", "reset"}) == 1u,
             at('b').log().all());
  BOOST_TEST(at('a').log().count({"closed"}) == 0u, at('a').log().all());
  BOOST_TEST(at('a').degree() == 1u);
}

//   a --- b --x-- c     d is connected to b too
BOOST_AUTO_TEST_CASE(a_stuck_next_hop_does_not_delay_others_for_long) {
  build("ab bc bd");
  net().block(at('b').host(), at('c').host());
  for (int i = 0; i < 60; ++i)
    send_unasked('a', 'c', blob(64 * kib));
  run_for(seconds{2});
  send_unasked('a', 'd', "hello");
  run_for(seconds{2});
  BOOST_TEST(heard('d').unicasts.size() == 1u);
  BOOST_TEST(at('a').degree() == 1u, at('a').log().all());
}

BOOST_AUTO_TEST_CASE(a_requested_unicast_waits_for_a_slow_neighbour) {
  build("ab");
  net().block(at('a').host(), at('b').host());
  std::vector<reply_ptr<void>> sent;
  for (int i = 0; i < 40; ++i)
    sent.push_back(send('a', 'b', blob(64 * kib)));
  run_for(milliseconds{500});
  BOOST_TEST(sent.back()->is_open);
  net().unblock(at('a').host(), at('b').host());
  run();
  for (const auto& x : sent)
    BOOST_TEST((!x->is_open && !x->why), describe(x->why));
  BOOST_TEST(heard('b').unicasts.size() == 40u);
}

BOOST_AUTO_TEST_CASE(a_requested_unicast_to_a_stuck_neighbour_fails) {
  build("ab");
  net().block(at('a').host(), at('b').host());
  std::vector<reply_ptr<void>> sent;
  for (int i = 0; i < 40; ++i)
    sent.push_back(send('a', 'b', blob(64 * kib)));
  run_for(seconds{2});
  BOOST_TEST(!sent.back()->is_open);
  BOOST_TEST(is(sent.back()->why, errc::congested), describe(sent.back()->why));
}

BOOST_AUTO_TEST_CASE(unrequested_unicasts_over_the_limit_are_dropped) {
  auto setup = settings_for('a');
  setup.max_waiting_bytes = 1 * mib;
  add('a', setup).connect_to(add('b'));
  settle();
  net().block(at('a').host(), at('b').host());
  for (int i = 0; i < 100; ++i)
    send_unasked('a', 'b', blob(64 * kib));
  net().unblock(at('a').host(), at('b').host());
  settle();
  // Some messages beyond the limit arrive, because the connection and the
  // stream hold them.
  BOOST_TEST(heard('b').unicasts.size() >= 16u);
  BOOST_TEST(heard('b').unicasts.size() <= 40u);
  BOOST_TEST(heard('b').unicasts.size() + dropped('a') == 100u);
}

BOOST_AUTO_TEST_CASE(a_slow_gossiper_slows_its_senders) {
  build("ab");
  heard('b').hold = true;
  std::vector<reply_ptr<void>> sent;
  for (int i = 0; i < 60; ++i)
    sent.push_back(send('a', 'b', blob(64 * kib)));
  BOOST_TEST(sent.back()->is_open);
  BOOST_TEST(heard('b').unicasts.size() < 60u);
  ask<void>(at('b').gossiper("chan"), answer_all{});
  BOOST_TEST(!sent.back()->is_open);
  BOOST_TEST(heard('b').unicasts.size() == 60u);
}

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

// In b's view, the broadcast tree of the source leads to s through a. s has a
// different view and sends the broadcast back.
//   s --- a --- b
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
  // Repetitions by the same neighbour are not dropped.
  BOOST_TEST(heard('b').unicasts.size() == 2u);
  BOOST_TEST(heard('a').broadcasts_of("word ") == 2u);
  BOOST_TEST(at('a').figures("chan").circled == 6u);
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
