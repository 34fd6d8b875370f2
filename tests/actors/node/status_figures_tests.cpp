#include "tests/actors/node/status_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/wire/frame.hpp"
#include "tests/support/stranger.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the figures in a node's status: traffic, waiting data, and times.
BOOST_FIXTURE_TEST_SUITE(status_figures_tests, reporting)

BOOST_AUTO_TEST_CASE(figures_grow_with_the_traffic) {
  build("ab");
  auto before = figures('a');
  BOOST_TEST(before["ProtocolVersion"] == 2);
  for (int i = 0; i < 10; ++i)
    at('a').unicast("chan", at('b'), std::string(1'000, 'x'));
  auto after = figures('a');
  auto grown = [&](const char* field) {
    return after[field].get<int>() - before[field].get<int>();
  };
  BOOST_TEST(grown("FramesOut") == 10);
  BOOST_TEST(grown("BytesOut") >= 10'000);
  BOOST_TEST(grown("BytesOut") < 11'000);
  BOOST_TEST(grown("FramesIn") == 0);
}

BOOST_AUTO_TEST_CASE(both_ends_count_the_same_bytes) {
  build("ab");
  at('a').unicast("chan", at('b'), "hello");
  run();
  auto a = figures('a');
  auto b = figures('b');
  BOOST_TEST(a["BytesOut"] == b["BytesIn"]);
  BOOST_TEST(a["BytesIn"] == b["BytesOut"]);
  BOOST_TEST(a["FramesOut"] == b["FramesIn"]);
  BOOST_TEST(a["FramesIn"] == b["FramesOut"]);
}

BOOST_AUTO_TEST_CASE(data_that_waits_for_a_remote_is_shown) {
  build("ab");
  BOOST_TEST(figures('a')["WaitingBytes"] == 0);
  net().block(at('a').host(), at('b').host());
  for (int i = 0; i < 40; ++i)
    at('a').unicast("chan", at('b'), std::string(64 * 1024, 'x'));
  auto x = figures('a');
  BOOST_TEST(x["WaitingBytes"].get<int>() > 0);
  BOOST_TEST(x["WaitingWriters"].get<int>() > 0);
}

BOOST_AUTO_TEST_CASE(batches_that_wait_for_a_gossiper_are_shown) {
  build("ab");
  at('b').recorded("chan").hold = true;
  at('a').unicast("chan", at('b'), "hello");
  BOOST_TEST(figures('b')["UnansweredBatches"] == 1);
  ask<void>(at('b').gossiper("chan"), answer_all{});
  BOOST_TEST(figures('b')["UnansweredBatches"] == 0);
}

BOOST_AUTO_TEST_CASE(silence_is_measured_from_the_last_arrival) {
  build("ab");
  run_for(seconds{20});
  BOOST_TEST(figures('a')["SilentFor"].get<double>() > 15);
  at('b').unicast("chan", at('a'), "hello");
  BOOST_TEST(figures('a')["SilentFor"].get<double>() <= 2.5);
}

// Both ends must count the same frames. Heartbeats count; messages that were
// too large to send do not.
BOOST_AUTO_TEST_CASE(frames_out_are_those_that_were_sent) {
  build("ab");
  run_for(minutes{3});
  at('a').broadcast("chan", "word");
  at('a').broadcast("chan", std::string(wire::max_frame_size, 'x'));
  settle();
  BOOST_TEST(at('a').log().has("too_large"));
  auto a = status('a').connections.at(0).traffic;
  auto b = status('b').connections.at(0).traffic;
  BOOST_TEST(a.frames_out == b.frames_in);
  BOOST_TEST(b.frames_out == a.frames_in);
  BOOST_TEST(a.frames_out > 6u); // at least one heartbeat per 30 s
}

BOOST_AUTO_TEST_CASE(connections_are_shown_before_their_introduction) {
  add('a');
  stranger silent{*this, at('a')};
  settle();
  auto x = status('a');
  BOOST_TEST_REQUIRE(x.connections.size() == 1u);
  BOOST_TEST(x.connections[0].remote.is_unknown());
  BOOST_TEST(!x.connections[0].outbound);
  auto shown = connection('a');
  BOOST_TEST(shown["State"] == "pending");
  BOOST_TEST(shown["Info"] == "not introduced yet");
  silent.introduce();
  x = status('a');
  BOOST_TEST_REQUIRE(x.connections.size() == 1u);
  BOOST_TEST(!x.connections[0].remote.is_unknown());
}

BOOST_AUTO_TEST_CASE(a_dial_is_shown_as_one_connection_while_it_goes_on) {
  add('a');
  stranger::options listens;
  listens.letter = 'z';
  stranger mute{*this, listens};
  at('a').connect_to({"10.0.0.122:6783"});
  settle();
  auto all = document('a')["Connections"];
  BOOST_TEST_REQUIRE(all.size() == 1u);
  BOOST_TEST(all[0]["Outbound"] == true);
  BOOST_TEST(all[0]["Info"] == "not introduced yet");
}

BOOST_AUTO_TEST_CASE(uptime_runs_from_the_start) {
  prepare('a', settings_for('a'));
  run_for(seconds{7});
  BOOST_TEST(status('a').uptime.count() == 0);
  at('a').start();
  run_for(seconds{7});
  BOOST_TEST(document('a')["Uptime"].get<double>() >= 7);
  BOOST_TEST(document('a')["Uptime"].get<double>() < 14);
}

//   a --- b --- c     b has not joined `other`
BOOST_AUTO_TEST_CASE(channels_count_their_messages) {
  build("ab bc");
  at('a').join("other");
  at('c').join("other");
  at('a').unicast("other", at('c'), "hello");
  at('a').unicast("other", at('c'), "hello");
  at('a').broadcast("other", "word");
  settle();
  BOOST_TEST(channel('a', "other")["UnicastsSent"] == 2);
  BOOST_TEST(channel('b', "other")["UnicastsRelayed"] == 2);
  BOOST_TEST(channel('b', "other")["Surrogate"] == true);
  BOOST_TEST(channel('c', "other")["UnicastsReceived"] == 2);
  BOOST_TEST(channel('c', "other")["BroadcastsReceived"] == 1);
  BOOST_TEST(channel('c', "other")["Surrogate"] == false);
  BOOST_TEST(channel('a', "chan")["UnicastsSent"] == 0);
}

BOOST_AUTO_TEST_CASE(lists_are_sorted) {
  build("ab ac ad");
  auto x = status('a');
  BOOST_TEST_REQUIRE(x.connections.size() == 3u);
  BOOST_TEST((x.connections[0].remote < x.connections[1].remote));
  BOOST_TEST((x.connections[1].remote < x.connections[2].remote));
  BOOST_TEST(x.channels[0].name == "chan");
  BOOST_TEST(x.channels[1].name == "topology");
}

BOOST_AUTO_TEST_SUITE_END()
