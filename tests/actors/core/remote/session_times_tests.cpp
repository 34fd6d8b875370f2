#include <boost/test/unit_test.hpp>

#include "tests/actors/core/remote/session_packets.hpp"

using namespace cafmesh;
using namespace cafmesh::remote;
using namespace cafmesh::test;

BOOST_FIXTURE_TEST_SUITE(session_times_tests, session_packets)

// -- hellos and welcomes

BOOST_AUTO_TEST_CASE(hellos_are_repeated_every_250_ms_while_data_waits) {
  BOOST_TEST(is_silent(a));
  say(a, "1");
  auto x = only_packet_of(a);
  BOOST_TEST((x.head.kind == packet_kind::hello));
  BOOST_TEST((x.head.from == peer_uid{1}));
  BOOST_TEST((x.head.to == peer_uid{2}));
  BOOST_TEST(x.head.from_token == 11u);
  BOOST_TEST(x.head.to_token == 0u);
  BOOST_TEST((a.talk.due() == now + milliseconds{250}));
  now += milliseconds{249};
  BOOST_TEST(is_silent(a));
  now += milliseconds{1};
  BOOST_TEST((only_packet_of(a).head.kind == packet_kind::hello));
  BOOST_TEST((a.talk.due() == now + milliseconds{250}));
}

BOOST_AUTO_TEST_CASE(the_epoch_is_the_time_in_microseconds_and_at_least_1) {
  say(a, "1");
  BOOST_TEST(only_packet_of(a).head.epoch == 1'000'000'000u); // 1000 s
  for (auto early : {instant{}, instant{} - seconds{1}}) {
    now = early;
    session_end x{1, 2, 11, now};
    say(x, "1");
    BOOST_TEST(only_packet_of(x).head.epoch == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_welcome_repeats_the_token_of_the_hello) {
  give_b(packet_kind::hello, 77, 0, 5);
  auto x = only_packet_of(b);
  BOOST_TEST((x.head.kind == packet_kind::welcome));
  BOOST_TEST(x.head.from_token == 22u);
  BOOST_TEST(x.head.to_token == 77u);
  BOOST_TEST(!b.talk.is_open());
  BOOST_TEST(is_silent(b));
}

BOOST_AUTO_TEST_CASE(sixteen_hellos_are_answered_per_250_ms) {
  auto answers = [this] {
    for (int i = 0; i < 20; ++i)
      give_b(packet_kind::hello, 77, 0, 5);
    return sent_by(b).size();
  };
  BOOST_TEST(answers() == 16u);
  BOOST_TEST(answers() == 0u);
  now += milliseconds{249};
  BOOST_TEST(answers() == 0u);
  now += milliseconds{1};
  BOOST_TEST(answers() == 16u);
  now += milliseconds{249};
  BOOST_TEST(answers() == 0u);
}

BOOST_AUTO_TEST_CASE(a_wrong_token_is_answered_with_a_hello_per_250_ms) {
  open();
  give_b(packet_kind::traffic, 11, 23, 5);
  BOOST_TEST((only_packet_of(b).head.kind == packet_kind::hello));
  BOOST_TEST(!b.talk.due());
  now += milliseconds{249};
  give_b(packet_kind::traffic, 11, 23, 5);
  BOOST_TEST(is_silent(b));
  now += milliseconds{1};
  BOOST_TEST(is_silent(b));
  give_b(packet_kind::traffic, 11, 23, 5);
  BOOST_TEST((only_packet_of(b).head.kind == packet_kind::hello));
}

BOOST_AUTO_TEST_CASE(a_wrong_token_is_answered_once) {
  give_b(packet_kind::traffic, 11, 23, 5);
  BOOST_TEST((only_packet_of(b).head.kind == packet_kind::hello));
  BOOST_TEST(!b.talk.due());
  open();
  b.talk.set_watched(true, now);
  give_b(packet_kind::traffic, 11, 23, 5);
  BOOST_TEST((only_packet_of(b).head.kind == packet_kind::hello));
  BOOST_TEST((b.talk.due() == now + milliseconds{2'500}));
}

BOOST_AUTO_TEST_CASE(a_welcome_is_answered_at_once_with_what_waits) {
  say(a, "1");
  move(a, b);
  move(b, a);
  BOOST_TEST(a.talk.is_open());
  auto x = only_packet_of(a);
  BOOST_TEST((x.head.kind == packet_kind::traffic));
  BOOST_TEST(x.head.from_token == 11u);
  BOOST_TEST(x.head.to_token == 22u);
  BOOST_TEST(x.traffic.number == 1u);
  BOOST_TEST(x.traffic.highest == 1u);
  BOOST_TEST(x.frames.size() == 1u);
  now += milliseconds{250}; // then `a` asks for an answer, not for a token
  BOOST_TEST((only_packet_of(a).head.kind == packet_kind::traffic));
}

BOOST_AUTO_TEST_CASE(a_welcome_is_answered_although_nothing_waits) {
  give_b(packet_kind::welcome, 11, 22, 5);
  BOOST_TEST((b.talk.due() == now));
  auto x = only_packet_of(b);
  BOOST_TEST((x.head.kind == packet_kind::traffic));
  BOOST_TEST(x.head.to_token == 11u);
  BOOST_TEST(x.traffic.number == 0u);
  BOOST_TEST(!b.talk.due());
}

// -- acknowledgements

BOOST_AUTO_TEST_CASE(data_is_acknowledged_after_20_ms) {
  open();
  say(a, "1");
  move(a, b);
  BOOST_TEST((b.talk.due() == now + milliseconds{20}));
  now += milliseconds{19};
  BOOST_TEST(is_silent(b));
  now += milliseconds{1};
  auto x = only_packet_of(b);
  BOOST_TEST(x.traffic.settled == 2u);
  BOOST_TEST(x.traffic.number == 0u);
  BOOST_TEST(!x.traffic.wants_answer);
  BOOST_TEST(!b.talk.due());
}

BOOST_AUTO_TEST_CASE(the_first_data_decides_when_it_is_acknowledged) {
  open();
  auto first = now;
  say(a, "1");
  move(a, b);
  now += milliseconds{15};
  say(a, "2");
  move(a, b);
  BOOST_TEST((b.talk.due() == first + milliseconds{20}));
}

BOOST_AUTO_TEST_CASE(data_of_the_other_side_carries_the_acknowledgement) {
  open();
  say(a, "1");
  BOOST_TEST(control(a, "c"));
  move(a, b);
  say(b, "2");
  auto x = only_packet_of(b);
  BOOST_TEST(x.traffic.number == 1u);
  BOOST_TEST(x.traffic.settled == 2u);
  BOOST_TEST(x.traffic.controls == 1u);
  now += milliseconds{20};
  BOOST_TEST(is_silent(b));
}

BOOST_AUTO_TEST_CASE(a_peer_that_wants_an_answer_gets_it_at_once) {
  open();
  traffic_head wanted;
  wanted.wants_answer = true;
  give_b(packet_kind::traffic, 11, 22, 5, wanted);
  BOOST_TEST((b.talk.due() == now));
  BOOST_TEST((only_packet_of(b).head.kind == packet_kind::traffic));
  // A packet without frames needs no acknowledgement.
  give_b(packet_kind::traffic, 11, 22, 5);
  BOOST_TEST(!b.talk.due());
}

BOOST_AUTO_TEST_CASE(credit_is_returned_when_the_owner_wants_it) {
  open();
  b.talk.set_processed(65, 0);
  BOOST_TEST(!b.talk.due());
  BOOST_TEST(is_silent(b));
  b.talk.return_credit(now);
  BOOST_TEST((b.talk.due() == now));
  BOOST_TEST(only_packet_of(b).traffic.credit == 65u);
}

BOOST_AUTO_TEST_CASE(lost_packets_are_settled_once_their_report_arrived) {
  open();
  say(a, "lost");
  a.talk.take_packets(now);
  say(a, "3");
  move(a, b);
  now += milliseconds{20};
  BOOST_TEST(only_packet_of(b).traffic.settled == 1u);
  BOOST_TEST((b.talk.due() == now + milliseconds{80}));
  now += milliseconds{80};
  b.expire(now);
  BOOST_TEST(b.data.back() == "3");
  auto x = only_packet_of(b);
  BOOST_TEST(x.traffic.settled == 1u);
  BOOST_REQUIRE(x.frames.size() == 1u);
  BOOST_TEST((x.frames[0].kind == frame_kind::lost));
  BOOST_TEST(x.frames[0].first_lost == 2u);
  BOOST_TEST(x.frames[0].last_lost == 2u);
  traffic_head acknowledged;
  acknowledged.controls = 1;
  acknowledged.wants_answer = true;
  give_b(packet_kind::traffic, 11, 22, 5, acknowledged);
  BOOST_TEST(only_packet_of(b).traffic.settled == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
