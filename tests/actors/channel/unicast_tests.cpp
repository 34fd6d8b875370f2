#include "tests/actors/channel/channel_fixture.hpp"

#include <utility>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "actors/context/postman_channel.hpp"
#include "actors/context/topology_parts.hpp"
#include "tests/support/blob.hpp"
#include "tests/support/stranger.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of unicasts between nodes. In the drawings, letters are nodes, except
// that `s` is a scripted peer, and `--x--` is a link that transports nothing.
BOOST_FIXTURE_TEST_SUITE(unicast_tests, channels)

// -- unicast

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
  // The channel first gets an empty view, so it asks the topology for a route
  // for the first unicast. The real view arrives before the answer.
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

//   c --- a --- b
BOOST_AUTO_TEST_CASE(a_new_connection_replaces_a_lost_one_at_once) {
  build("ab");
  // The new peer makes `a` publish its view. The next view comes 100 ms later,
  // so meanwhile the channel still sees the connection that is cut here.
  add('c').connect_to(at('a'));
  run();
  net().cut(at('a').host(), at('b').host());
  run();
  at('a').connect_to(at('b'));
  run();
  BOOST_TEST_REQUIRE(at('a').degree() == 2u);
  auto sent = send('a', 'b', "hello");
  BOOST_TEST((!sent->is_open && !sent->why), describe(sent->why));
  BOOST_TEST(heard('b').unicasts.size() == 1u);
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
  // 16 messages of 64 KiB reach the limit of 1 MiB. Some more arrive, because
  // the connection and the link also hold messages.
  BOOST_TEST(heard('b').unicasts.size() >= 16u);
  BOOST_TEST(heard('b').unicasts.size() <= 40u);
  BOOST_TEST(heard('b').unicasts.size() + dropped('a') == 100u);
}

BOOST_AUTO_TEST_CASE(posted_unicasts_over_the_limit_wait) {
  auto setup = settings_for('a');
  setup.max_waiting_bytes = 1 * mib;
  add('a', setup).connect_to(add('b'));
  settle();
  net().block(at('a').host(), at('b').host());
  auto channel = caf::actor_cast<channel_of_postman>(at('a').channel("chan"));
  for (int i = 0; i < 50; ++i) {
    unicast one{at('b').name(), text_payload(blob(64 * kib))};
    caf::anon_send(channel, posted_unicasts{{one, one}});
    run();
  }
  net().unblock(at('a').host(), at('b').host());
  settle();
  BOOST_TEST(heard('b').unicasts.size() == 100u);
  BOOST_TEST(dropped('a') == 0u);
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

BOOST_AUTO_TEST_SUITE_END()
