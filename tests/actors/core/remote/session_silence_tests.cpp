#include <boost/test/unit_test.hpp>

#include "tests/actors/core/remote/session_packets.hpp"

using namespace cafmesh;
using namespace cafmesh::remote;
using namespace cafmesh::test;

BOOST_FIXTURE_TEST_SUITE(session_silence_tests, session_packets)

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

BOOST_AUTO_TEST_CASE(a_control_is_repeated_250_ms_after_it_was_sent) {
  open();
  say(a, "1");
  a.talk.take_packets(now);
  now += milliseconds{100};
  BOOST_TEST(control(a, "c"));
  BOOST_TEST(only_packet_of(a).frames.size() == 1u);
  now += milliseconds{150};
  BOOST_TEST(only_packet_of(a).traffic.wants_answer);
  BOOST_TEST((a.talk.due() == now + milliseconds{100}));
  now += milliseconds{100};
  auto x = only_packet_of(a);
  BOOST_REQUIRE(x.frames.size() == 1u);
  BOOST_TEST(x.frames[0].number == 1u);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_patience_is_due_before_the_next_question) {
  open();
  auto since = now;
  a.talk.set_watched(true, now);
  for (int i = 0; i < 3; ++i) {
    now += milliseconds{2'600};
    BOOST_TEST(only_packet_of(a).traffic.wants_answer);
  }
  BOOST_TEST((a.talk.due() == since + seconds{10}));
}

BOOST_AUTO_TEST_CASE(a_peer_is_unreachable_after_10_s_of_silence) {
  open();
  now += minutes{1}; // does not count, because no answer was due
  say(a, "1");
  BOOST_TEST(!a.talk.is_unreachable(now));
  auto since = now;
  now = since + milliseconds{9'999};
  BOOST_TEST(!a.talk.is_unreachable(now));
  say(a, "2"); // does not restart the 10 s
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

// -- doubts

BOOST_AUTO_TEST_CASE(a_doubted_peer_is_asked_at_once_and_has_1_s) {
  open();
  now += minutes{1};
  a.talk.doubt(now);
  auto since = now;
  for (int i = 0; i < 4; ++i) {
    BOOST_TEST(only_packet_of(a).traffic.wants_answer);
    BOOST_TEST(!a.talk.is_unreachable(now));
    BOOST_TEST((a.talk.due() == now + milliseconds{250}));
    now += milliseconds{250};
    a.talk.doubt(now); // must not extend the limit
  }
  BOOST_TEST((now == since + seconds{1}));
  BOOST_TEST(a.talk.is_unreachable(now));
}

BOOST_AUTO_TEST_CASE(an_answer_ends_the_doubt) {
  open();
  a.talk.doubt(now);
  run_for(seconds{2});
  BOOST_TEST(!a.talk.is_unreachable(now));
  BOOST_TEST(!a.talk.due());
}

BOOST_AUTO_TEST_CASE(a_doubt_that_was_wrong_costs_a_peer_no_time) {
  open();
  a.talk.doubt(now);
  now += milliseconds{900};
  a.talk.trust();
  BOOST_TEST(!a.talk.due());
  now += seconds{1};
  BOOST_TEST(!a.talk.is_unreachable(now));
}

BOOST_AUTO_TEST_CASE(a_peer_that_never_answered_can_be_doubted) {
  a.talk.doubt(now);
  BOOST_TEST((only_packet_of(a).head.kind == packet_kind::hello));
  now += seconds{1};
  BOOST_TEST(a.talk.is_unreachable(now));
}

BOOST_AUTO_TEST_CASE(a_greeting_opens_a_session_without_data) {
  BOOST_TEST(!a.talk.due());
  a.talk.greet(now);
  BOOST_TEST((only_packet_of(a).head.kind == packet_kind::hello));
  BOOST_TEST((a.talk.due() == now + milliseconds{250}));
  BOOST_TEST(!a.talk.is_unreachable(now + seconds{20}));
  run_for(seconds{1});
  BOOST_TEST(a.talk.is_open());
  BOOST_TEST(!a.talk.due());
}

BOOST_AUTO_TEST_CASE(a_greeting_that_nobody_answers_is_repeated_40_times) {
  a.talk.greet(now);
  int count = 0;
  for (; a.talk.due(); now += milliseconds{250})
    count += static_cast<int>(sent_by(a).size());
  BOOST_TEST(count == 41);
}

// -- memory

BOOST_AUTO_TEST_CASE(control_frames_take_memory_until_they_are_acknowledged) {
  open();
  BOOST_TEST(a.talk.control_memory() == 0u);
  BOOST_TEST(control(a, std::string(1000, 'c')));
  BOOST_TEST(a.talk.control_memory() > 1000u);
  auto lost = sent_by(a);
  BOOST_TEST(a.talk.control_memory() > 1000u);
  BOOST_TEST(control(a, std::string(1000, 'd')));
  move(a, b);
  BOOST_TEST(b.talk.control_memory() > 1000u); // `d` waits for `c`
  run_for(seconds{1});
  BOOST_TEST(a.talk.control_memory() == 0u);
  BOOST_TEST(b.talk.control_memory() == 0u);
}

// -- beginnings

BOOST_AUTO_TEST_CASE(a_new_session_has_a_higher_epoch_and_owes_nothing) {
  open();
  a.talk.set_processed(64, 0);
  a.talk.set_watched(true, now);
  say(a, "1");
  BOOST_TEST(control(a, "c"));
  a.talk.return_credit(now);
  a.talk.begin_again(33, now - minutes{1}); // still increases the epoch
  BOOST_TEST(!a.talk.is_open());
  BOOST_TEST(a.talk.outstanding() == 0u);
  BOOST_TEST(!a.talk.due());
  BOOST_TEST(is_silent(a));
  say(a, "2");
  auto x = only_packet_of(a);
  BOOST_TEST(x.head.from_token == 33u);
  BOOST_TEST(x.head.epoch == 1'000'000'001u);
  a.talk.begin_again(44, instant{seconds{2000}});
  BOOST_TEST(!a.talk.due());
  now = instant{seconds{2000}};
  say(a, "3");
  BOOST_TEST(only_packet_of(a).head.epoch == 2'000'000'000u);
}

// `a` finds `b` unreachable. `b` does not notice the cut, because it waits for
// no answer.
BOOST_AUTO_TEST_CASE(who_is_sought_learns_of_the_new_session_before_it_sends) {
  open();
  bool is_cut = true;
  route = [&](session_end&, const bytes&) {
    return !is_cut;
  };
  say(a, "1");
  run_for(seconds{11});
  BOOST_TEST(a.talk.is_unreachable(now));
  BOOST_TEST(!b.talk.is_unreachable(now));
  a.talk.begin_again(33, now);
  a.talk.seek(now);
  run_for(minutes{5});
  packets = 0;
  run_for(minutes{1});
  BOOST_TEST(packets <= 25);
  is_cut = false;
  run_for(seconds{5});
  BOOST_TEST(a.talk.is_open());
  BOOST_TEST(b.began_again == 1);
  say(b, "2", 5);
  run_for(seconds{1});
  BOOST_TEST(a.data.back() == "2");
  BOOST_TEST(b.undecided.empty());
  packets = 0;
  run_for(minutes{1});
  BOOST_TEST(packets == 0);
}

// The first packet of traffic, which tells `b` of the new session, is lost.
BOOST_AUTO_TEST_CASE(who_is_sought_learns_of_it_although_a_packet_is_lost) {
  open();
  a.talk.begin_again(33, now);
  a.talk.seek(now);
  int lost = 0;
  route = [&](session_end& to, const bytes& raw) {
    auto x = remote::read_packet(payload{raw});
    return &to != &b || !x || x->head.kind != packet_kind::traffic
           || lost++ > 0;
  };
  run_for(seconds{5});
  BOOST_TEST(a.talk.is_open());
  BOOST_TEST(b.began_again == 1);
  say(b, "2", 5);
  run_for(seconds{1});
  BOOST_TEST(a.data.back() == "2");
  packets = 0;
  run_for(minutes{1});
  BOOST_TEST(packets == 0);
}

BOOST_AUTO_TEST_CASE(data_does_not_wait_for_the_next_hello_of_a_search) {
  open();
  bool is_cut = true;
  route = [&](session_end&, const bytes&) {
    return !is_cut;
  };
  a.talk.begin_again(33, now);
  a.talk.seek(now);
  run_for(seconds{1});
  is_cut = false;
  say(a, "2");
  run_for(milliseconds{100});
  BOOST_TEST(b.data.back() == "2");
}

BOOST_AUTO_TEST_CASE(the_new_session_of_a_peer_forgets_the_old_one) {
  open();
  b.talk.set_processed(65, 66);
  say(b, "waits");
  BOOST_TEST(b.talk.outstanding() == cost_of_frame(5));
  give_b(packet_kind::welcome, 33, 22, max_number);
  BOOST_TEST(b.began_again == 1);
  BOOST_TEST(b.talk.outstanding() == 0u);
  auto x = only_packet_of(b);
  BOOST_TEST(x.head.to_token == 33u);
  BOOST_TEST(x.traffic.credit == 0u);
  BOOST_TEST(x.traffic.large_credit == 0u);
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
}

BOOST_AUTO_TEST_CASE(a_farewell_carries_the_token_of_the_receiver) {
  open();
  auto x = read_packet(payload{a.talk.farewell()});
  BOOST_REQUIRE(x);
  BOOST_TEST((x->head.kind == packet_kind::farewell));
  BOOST_TEST(x->head.from_token == 11u);
  BOOST_TEST(x->head.to_token == 22u);
}

BOOST_AUTO_TEST_SUITE_END()
