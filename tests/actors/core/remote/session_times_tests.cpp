#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/remote/session_pair.hpp"

/// When a session sends which packets, and what they say.
using namespace cafmesh;
using namespace cafmesh::remote;
using namespace cafmesh::test;

namespace {

std::vector<packet> read_all(const std::vector<bytes>& xs) {
  std::vector<packet> result;
  for (const auto& x : xs) {
    auto read = read_packet(payload{x});
    BOOST_REQUIRE(read);
    result.push_back(*read);
  }
  return result;
}

struct fixture : session_pair {
  std::vector<packet> sent_by(session_end& x) {
    return read_all(x.talk.take_packets(now));
  }
  // The only packet that is sent now.
  packet only_packet_of(session_end& x) {
    auto result = sent_by(x);
    BOOST_REQUIRE(result.size() == 1u);
    return result[0];
  }
  bool is_silent(session_end& x) {
    return x.talk.take_packets(now).empty();
  }
  // A packet to `b` from life 1.
  void give_b(packet_kind kind, std::uint64_t from_token,
              std::uint64_t to_token, std::uint64_t epoch,
              traffic_head state = {}) {
    bytes raw;
    append_head(raw,
                {kind, peer_uid{1}, peer_uid{2}, from_token, to_token, epoch});
    if (kind == packet_kind::traffic)
      append_traffic(raw, state);
    b.receive(raw, now);
  }
  // Both know each other, and nothing is under way.
  void open() {
    say(a, "0");
    run_for(seconds{1});
    BOOST_REQUIRE(a.talk.is_open());
    BOOST_REQUIRE(b.talk.is_open());
    BOOST_REQUIRE(!a.talk.due());
    BOOST_REQUIRE(!b.talk.due());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(session_times_tests, fixture)

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
  // Nothing is to be acknowledged in a packet without frames.
  give_b(packet_kind::traffic, 11, 22, 5);
  BOOST_TEST(!b.talk.due());
}

BOOST_AUTO_TEST_CASE(credit_is_returned_when_the_owner_wants_it) {
  open();
  b.talk.set_processed(65);
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
  now += milliseconds{80};
  session_events events;
  b.talk.expire(now, events);
  b.handle(std::move(events));
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

// -- silence

BOOST_AUTO_TEST_CASE(an_answer_is_asked_for_every_250_ms_while_one_is_due) {
  open();
  say(a, "1");
  auto x = only_packet_of(a);
  BOOST_TEST(!x.traffic.wants_answer);
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST((a.talk.due() == now + milliseconds{250}));
    now += milliseconds{249};
    BOOST_TEST(is_silent(a));
    now += milliseconds{1};
    auto probe = only_packet_of(a);
    BOOST_TEST(probe.traffic.wants_answer);
    BOOST_TEST(probe.traffic.number == 0u);
    BOOST_TEST(probe.traffic.highest == 2u);
    BOOST_TEST(probe.frames.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_watched_peer_is_asked_every_quarter_of_the_limit) {
  open();
  a.talk.set_watched(true, now);
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST((a.talk.due() == now + milliseconds{2'500}));
    now += milliseconds{2'499};
    BOOST_TEST(is_silent(a));
    now += milliseconds{1};
    BOOST_TEST(only_packet_of(a).traffic.wants_answer);
  }
  now += seconds{1};
  bytes raw;
  append_head(raw, {packet_kind::traffic, peer_uid{2}, peer_uid{1}, 22, 11, 5});
  append_traffic(raw, {});
  a.receive(raw, now);
  BOOST_TEST((a.talk.due() == now + milliseconds{2'500}));
  a.talk.set_watched(false, now);
  BOOST_TEST(!a.talk.due());
}

BOOST_AUTO_TEST_CASE(a_peer_is_unreachable_after_10_s_of_silence) {
  open();
  now += minutes{1}; // does not count, since no answer was due
  say(a, "1");
  BOOST_TEST(!a.talk.is_unreachable(now));
  auto since = now;
  now = since + milliseconds{9'999};
  BOOST_TEST(!a.talk.is_unreachable(now));
  say(a, "2"); // does not begin the time anew
  BOOST_TEST(control(a, "c"));
  a.talk.set_watched(true, now);
  now = since + seconds{10};
  BOOST_TEST(a.talk.is_unreachable(now));
}

BOOST_AUTO_TEST_CASE(a_peer_that_gives_no_token_is_unreachable_too) {
  say(a, "1");
  auto since = now;
  for (int i = 0; i < 40; ++i) {
    BOOST_TEST(sent_by(a).size() == 1u);
    BOOST_TEST((a.talk.due() == now + milliseconds{250}));
    now += milliseconds{250};
  }
  BOOST_TEST((now == since + seconds{10}));
  BOOST_TEST(a.talk.is_unreachable(now));
}

BOOST_AUTO_TEST_CASE(silence_counts_from_the_request_of_each_kind) {
  open();
  now += minutes{1};
  a.talk.set_watched(true, now);
  BOOST_TEST(!a.talk.is_unreachable(now));
  BOOST_TEST((a.talk.due() == now + milliseconds{2'500}));
  a.talk.set_watched(false, now);
  now += minutes{1};
  BOOST_TEST(control(a, "c"));
  BOOST_TEST(!a.talk.is_unreachable(now + milliseconds{9'999}));
  BOOST_TEST(a.talk.is_unreachable(now + seconds{10}));
}

// -- beginnings

BOOST_AUTO_TEST_CASE(a_new_session_has_a_higher_epoch_and_owes_nothing) {
  open();
  a.talk.set_processed(64);
  a.talk.set_watched(true, now);
  say(a, "1");
  BOOST_TEST(control(a, "c"));
  a.talk.return_credit(now);
  a.talk.begin_again(33, now - minutes{1}); // the clock does not decide
  BOOST_TEST(!a.talk.is_open());
  BOOST_TEST(a.talk.outstanding() == 0u);
  BOOST_TEST(!a.talk.due());
  BOOST_TEST(is_silent(a));
  say(a, "2");
  auto x = only_packet_of(a);
  BOOST_TEST(x.head.from_token == 33u);
  BOOST_TEST(x.head.epoch == 1'000'000'001u);
  a.talk.begin_again(44, instant{seconds{2000}});
  now = instant{seconds{2000}};
  say(a, "3");
  BOOST_TEST(only_packet_of(a).head.epoch == 2'000'000'000u);
}

BOOST_AUTO_TEST_CASE(the_new_session_of_a_peer_forgets_the_old_one) {
  open();
  b.talk.set_processed(65);
  say(b, "waits");
  BOOST_TEST(b.talk.outstanding() == cost_of_frame(5));
  give_b(packet_kind::welcome, 33, 22, max_number);
  BOOST_TEST(b.began_again == 1);
  BOOST_TEST(b.talk.outstanding() == 0u);
  auto x = only_packet_of(b);
  BOOST_TEST(x.head.to_token == 33u);
  BOOST_TEST(x.traffic.credit == 0u);
  BOOST_TEST(x.traffic.settled == 0u);
  BOOST_TEST(x.traffic.number == 0u);
}

BOOST_AUTO_TEST_CASE(only_a_higher_epoch_begins_a_new_session) {
  open();
  const std::uint64_t current = 1'000'000'000;
  give_b(packet_kind::welcome, 33, 22, current);
  give_b(packet_kind::welcome, 33, 22, current - 1);
  BOOST_TEST(b.began_again == 0);
  give_b(packet_kind::welcome, 33, 22, current + 1);
  BOOST_TEST(b.began_again == 1);
}

BOOST_AUTO_TEST_CASE(a_peer_may_begin_again_every_100_ms) {
  open();
  auto epoch = max_number / 2;
  auto begin = [&] {
    ++epoch;
    give_b(packet_kind::welcome, 100 + epoch, 22, epoch);
    return b.began_again;
  };
  BOOST_TEST(begin() == 1);
  now += milliseconds{99};
  BOOST_TEST(begin() == 1);
  now += milliseconds{1};
  BOOST_TEST(begin() == 2);
  now += milliseconds{99};
  BOOST_TEST(begin() == 2);
}

BOOST_AUTO_TEST_CASE(a_farewell_carries_the_token_of_the_receiver) {
  open();
  auto x = read_packet(payload{a.talk.farewell()});
  BOOST_REQUIRE(x);
  BOOST_TEST((x->head.kind == packet_kind::farewell));
  BOOST_TEST(x->head.from_token == 11u);
  BOOST_TEST(x->head.to_token == 22u);
  BOOST_TEST(!b.left);
  give_b(packet_kind::welcome, 11, 22, 5);
  BOOST_TEST(!b.left);
}

BOOST_AUTO_TEST_SUITE_END()
