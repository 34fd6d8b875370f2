#include "actors/core/remote/session.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/remote/session_pair.hpp"

using namespace cafmesh;
using namespace cafmesh::remote;
using namespace cafmesh::test;

namespace {

using texts = std::vector<std::string>;

packet parsed(const bytes& x) {
  auto result = read_packet(payload{x});
  BOOST_REQUIRE(result);
  return *result;
}

bool has_data(const bytes& x) {
  return parsed(x).traffic.number != 0;
}

// Makes a packet of an attacker that knows everything except the random numbers
// (tokens) by which the ends recognise each other.
bytes forged(std::uint64_t from, std::uint64_t to, packet_kind kind,
             std::uint64_t token, std::uint64_t epoch = max_number) {
  bytes out;
  append_head(out, {kind, peer_uid{from}, peer_uid{to}, 666, token, epoch});
  if (kind == packet_kind::traffic) {
    append_traffic(out, {false, 1, 1, 0, 0, 0, 0});
    append_data(out, text_bytes("forged"));
  }
  return out;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(session_tests, session_pair)

BOOST_AUTO_TEST_CASE(data_arrives_in_order_and_controls_after_the_data_before) {
  say(a, "1");
  BOOST_TEST(control(a, "c"));
  say(a, "2");
  say(b, "3");
  exchange();
  BOOST_TEST(b.all == (texts{"1", "2", "c"}));
  BOOST_TEST(a.all == (texts{"3"}));
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_while_nothing_is_wanted) {
  say(a, "1");
  run_for(seconds{1});
  packets = 0;
  run_for(minutes{10});
  BOOST_TEST(packets == 0);
  BOOST_TEST(!a.talk.is_unreachable(now));
}

BOOST_AUTO_TEST_CASE(packets_that_overtake_others_are_put_in_order) {
  say(a, "0");
  exchange();
  std::vector<bytes> held;
  route = [&](session_end&, const bytes& x) {
    if (!has_data(x))
      return true;
    held.push_back(x);
    return false;
  };
  for (auto text : {"1", "2", "3"}) {
    say(a, text);
    move(a, b);
  }
  for (auto i : {2u, 0u, 1u})
    b.receive(held[i], now);
  BOOST_TEST(b.all == (texts{"0", "1", "2", "3"}));
}

BOOST_AUTO_TEST_CASE(a_packet_that_comes_twice_is_delivered_once) {
  say(a, "0");
  exchange();
  say(a, "1");
  route = [&](session_end& to, const bytes& x) {
    to.receive(x, now);
    return true;
  };
  exchange();
  BOOST_TEST(b.data == (texts{"0", "1"}));
}

BOOST_AUTO_TEST_CASE(a_lost_request_is_reported_and_others_go_on) {
  say(a, "0");
  exchange();
  say(a, "1", 71);
  move(a, b);
  route = [&](session_end&, const bytes& x) {
    return !has_data(x);
  };
  say(a, "2", 72);
  move(a, b);
  route = [](session_end&, const bytes&) {
    return true;
  };
  say(a, "3", 73);
  move(a, b);
  BOOST_TEST(b.data == (texts{"0", "1"}));
  run_for(milliseconds{200});
  BOOST_TEST(b.data == (texts{"0", "1", "3"}));
  BOOST_TEST((a.lost == std::vector<std::uint64_t>{72}));
}

BOOST_AUTO_TEST_CASE(the_last_packet_is_missed_although_none_follows) {
  say(a, "0");
  exchange();
  route = [&](session_end&, const bytes& x) {
    return !has_data(x);
  };
  say(a, "1", 71);
  run_for(seconds{1});
  BOOST_TEST((a.lost == std::vector<std::uint64_t>{71}));
}

BOOST_AUTO_TEST_CASE(a_late_packet_is_dropped_after_it_was_given_up) {
  say(a, "0");
  exchange();
  bytes late;
  route = [&](session_end&, const bytes& x) {
    if (!has_data(x))
      return true;
    late = x;
    return false;
  };
  say(a, "1", 71);
  run_for(seconds{1});
  BOOST_TEST(a.lost.size() == 1u);
  b.receive(late, now);
  BOOST_TEST(b.data == (texts{"0"}));
}

BOOST_AUTO_TEST_CASE(a_report_of_lost_packets_survives_its_own_loss) {
  say(a, "0");
  exchange();
  bool deaf = false;
  route = [&](session_end& to, const bytes& x) {
    return &to == &a ? !deaf : !has_data(x);
  };
  say(a, "1", 71);
  move(a, b);
  route = [&](session_end& to, const bytes&) {
    return &to != &a || !deaf;
  };
  deaf = true;
  say(a, "2", 72);
  run_for(milliseconds{600}); // while reports are lost
  BOOST_TEST(a.lost.empty());
  deaf = false;
  run_for(milliseconds{600});
  BOOST_TEST((a.lost == std::vector<std::uint64_t>{71}));
}

BOOST_AUTO_TEST_CASE(controls_are_repeated_until_they_arrive) {
  say(a, "0");
  exchange();
  int to_lose = 3;
  route = [&](session_end&, const bytes&) {
    return --to_lose < 0;
  };
  for (auto text : {"c1", "c2", "c3"})
    BOOST_TEST(control(a, text));
  run_for(seconds{2});
  BOOST_TEST(b.controls == (texts{"c1", "c2", "c3"}));
}

BOOST_AUTO_TEST_CASE(a_control_waits_for_the_data_before_it) {
  say(a, "0");
  exchange();
  say(a, "1");
  std::vector<bytes> held;
  route = [&](session_end&, const bytes& x) {
    held.push_back(x);
    return false;
  };
  move(a, b);
  BOOST_TEST(control(a, "c"));
  route = [](session_end&, const bytes&) {
    return true;
  };
  move(a, b);
  BOOST_TEST(b.all == (texts{"0"}));
  b.receive(held[0], now);
  BOOST_TEST(b.all == (texts{"0", "1", "c"}));
}

BOOST_AUTO_TEST_CASE(a_control_does_not_wait_for_lost_data) {
  say(a, "0");
  exchange();
  route = [&](session_end&, const bytes& x) {
    return !has_data(x);
  };
  say(a, "1");
  move(a, b);
  BOOST_TEST(control(a, "c"));
  run_for(milliseconds{500});
  BOOST_TEST(b.all == (texts{"0", "c"}));
}

BOOST_AUTO_TEST_CASE(large_frames_go_alone_and_small_ones_together) {
  say(a, "0");
  exchange();
  packets = 0;
  for (int i = 0; i < 100; ++i)
    say(a, "small");
  move(a, b);
  BOOST_TEST(packets == 1);
  packets = 0;
  say(a, std::string(50'000, 'x'));
  say(a, "small");
  move(a, b);
  BOOST_TEST(packets == 2);
  BOOST_TEST(b.data.size() == 103u);
}

// -- credit

BOOST_AUTO_TEST_CASE(credit_returns_when_frames_were_processed) {
  say(a, std::string(1000, 'x'));
  BOOST_TEST(a.talk.outstanding() == cost_of_frame(1000));
  run_for(seconds{1});
  BOOST_TEST(a.talk.outstanding() == cost_of_frame(1000));
  b.talk.set_processed(cost_of_frame(1000), 0);
  b.talk.return_credit(now);
  exchange();
  BOOST_TEST(a.talk.outstanding() == 0u);
}

BOOST_AUTO_TEST_CASE(credit_returns_for_lost_frames) {
  say(a, "0");
  exchange();
  route = [&](session_end&, const bytes& x) {
    return !has_data(x);
  };
  say(a, std::string(1000, 'x'));
  run_for(seconds{1});
  BOOST_TEST(a.talk.outstanding() == cost_of_frame(1));
}

BOOST_AUTO_TEST_CASE(credit_beyond_what_was_sent_counts_for_nothing) {
  say(a, "0");
  exchange();
  b.talk.set_processed(max_number, max_number);
  b.talk.return_credit(now);
  exchange();
  BOOST_TEST(a.talk.outstanding() == 0u);
  say(a, "1");
  BOOST_TEST(a.talk.outstanding() == cost_of_frame(1));
}

// -- the ends of sessions

BOOST_AUTO_TEST_CASE(a_silent_peer_that_owes_an_answer_becomes_unreachable) {
  say(a, "0");
  exchange();
  route = [](session_end&, const bytes&) {
    return false;
  };
  say(a, "1");
  run_for(milliseconds{9'900});
  BOOST_TEST(!a.talk.is_unreachable(now));
  run_for(milliseconds{200});
  BOOST_TEST(a.talk.is_unreachable(now));
}

BOOST_AUTO_TEST_CASE(a_watched_peer_is_observed_although_nothing_is_sent) {
  say(a, "0");
  run_for(seconds{1});
  a.talk.set_watched(true, now);
  run_for(minutes{10});
  BOOST_TEST(!a.talk.is_unreachable(now));
  route = [](session_end&, const bytes&) {
    return false;
  };
  run_for(seconds{13});
  BOOST_TEST(a.talk.is_unreachable(now));
}

BOOST_AUTO_TEST_CASE(the_end_of_an_outage_begins_a_new_session) {
  say(a, "0");
  BOOST_TEST(control(a, "watch"));
  run_for(seconds{1});
  std::vector<bytes> old;
  route = [&](session_end&, const bytes& x) {
    old.push_back(x);
    return false;
  };
  say(a, "1", 71);
  BOOST_TEST(control(a, "old"));
  run_for(seconds{11});
  BOOST_TEST(a.talk.is_unreachable(now));
  a.talk.begin_again(33, now);
  route = [](session_end&, const bytes&) {
    return true;
  };
  say(a, "2");
  exchange();
  BOOST_TEST(b.began_again == 1);
  BOOST_TEST(b.all == (texts{"0", "watch", "again", "2"}));
  // Late packets of the old session must be ignored.
  for (const auto& x : old) {
    a.receive(x, now);
    b.receive(x, now);
  }
  say(b, "3");
  run_for(seconds{1});
  BOOST_TEST(a.all == (texts{"3"}));
  BOOST_TEST(b.all.size() == 4u);
  BOOST_TEST(b.began_again == 1);
}

BOOST_AUTO_TEST_CASE(data_whose_fate_is_unknown_is_told_apart_from_lost_data) {
  say(a, "0", 70);
  exchange();
  route = [&](session_end&, const bytes& x) {
    return !has_data(x);
  };
  say(a, "1", 71);
  move(a, b);
  run_for(milliseconds{600});
  BOOST_TEST((a.lost == std::vector<std::uint64_t>{71}));
  BOOST_TEST(a.talk.undecided().empty());
  route = [](session_end& to, const bytes&) {
    return to.uid == 2;
  };
  say(a, "2", 72);
  run_for(milliseconds{100});
  BOOST_TEST((a.talk.undecided() == std::vector<std::uint64_t>{72}));
  route = [](session_end&, const bytes&) {
    return true;
  };
  b.talk.begin_again(33, now);
  run_for(seconds{1});
  BOOST_TEST(a.began_again == 1);
  BOOST_TEST((a.undecided == std::vector<std::uint64_t>{72}));
  BOOST_TEST(a.lost.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_begins_again_with_each_packet_is_ignored) {
  say(a, "0");
  run_for(seconds{1});
  auto epoch = max_number / 2;
  auto begin = [&] {
    bytes raw;
    append_head(raw, {packet_kind::welcome, peer_uid{1}, peer_uid{2},
                      100 + ++epoch, 22, epoch});
    b.receive(raw, now);
  };
  for (int i = 0; i < 50; ++i) {
    begin();
    now += milliseconds{20};
  }
  BOOST_TEST(b.began_again == 10);
  now += seconds{1};
  begin();
  BOOST_TEST(b.began_again == 11);
}

BOOST_AUTO_TEST_CASE(a_peer_learns_of_the_new_session_when_it_speaks) {
  say(a, "0");
  run_for(seconds{1});
  a.talk.begin_again(33, now);
  say(b, "into the old session");
  run_for(seconds{1});
  BOOST_TEST(b.began_again == 1);
  say(b, "into the new one");
  exchange();
  BOOST_TEST(a.all == (texts{"into the new one"}));
}

BOOST_AUTO_TEST_CASE(both_may_begin_again_at_once) {
  say(a, "0");
  run_for(seconds{1});
  a.talk.begin_again(33, now);
  b.talk.begin_again(44, now);
  say(a, "1");
  say(b, "2");
  run_for(seconds{1});
  BOOST_TEST(b.data == (texts{"0", "1"}));
  BOOST_TEST(a.data == (texts{"2"}));
  BOOST_TEST(a.began_again + b.began_again == 0);
}

BOOST_AUTO_TEST_CASE(a_farewell_arrives) {
  say(a, "0");
  exchange();
  b.receive(a.talk.farewell(), now);
  BOOST_TEST(b.left);
}

// -- what others may do

BOOST_AUTO_TEST_CASE(nobody_sends_in_the_name_of_a_peer) {
  say(a, "0");
  exchange();
  for (auto kind :
       {packet_kind::welcome, packet_kind::traffic, packet_kind::farewell})
    for (std::uint64_t token : {0, 11, 666})
      b.receive(forged(1, 2, kind, token), now);
  run_for(seconds{1});
  say(a, "1");
  exchange();
  BOOST_TEST(b.all == (texts{"0", "1"}));
  BOOST_TEST(!b.left);
  BOOST_TEST(b.began_again == 0);
}

BOOST_AUTO_TEST_CASE(a_packet_for_another_life_is_ignored) {
  say(a, "0");
  exchange();
  b.receive(forged(1, 3, packet_kind::traffic, 22), now);
  b.receive(forged(3, 2, packet_kind::traffic, 22), now);
  BOOST_TEST(b.all == (texts{"0"}));
}

BOOST_AUTO_TEST_CASE(a_flood_of_hellos_is_answered_a_few_times) {
  say(a, "0");
  exchange();
  for (int i = 0; i < 100'000; ++i)
    b.receive(forged(1, 2, packet_kind::hello, 0), now);
  BOOST_TEST(b.talk.take_packets(now).size() <= 16u);
}

BOOST_AUTO_TEST_CASE(packets_far_ahead_cost_nothing) {
  say(a, "0");
  exchange();
  traffic_head far;
  far.number = far.highest = max_number;
  bytes raw;
  append_head(raw, {packet_kind::traffic, peer_uid{1}, peer_uid{2}, 11, 22, 1});
  append_traffic(raw, far);
  append_data(raw, text_bytes("far"));
  b.receive(raw, now);
  run_for(seconds{1});
  BOOST_TEST(b.data == (texts{"0", "far"}));
}

BOOST_AUTO_TEST_CASE(a_flood_of_controls_out_of_order_is_bounded) {
  say(a, "0");
  exchange();
  incoming_half half;
  std::vector<arrival> out;
  packet x;
  for (std::uint64_t i = 0; i < 10'000; ++i)
    x.frames.push_back(
      {frame_kind::control, 2 + i, 0, payload{text_bytes("c")}, 0, 0, {}});
  half.arrived(x, now, out);
  BOOST_TEST(half.controls() == 0u);
  x.frames = {{frame_kind::control, 1, 0, payload{text_bytes("c")}, 0, 0, {}}};
  half.arrived(x, now, out);
  BOOST_TEST(out.size() <= 4097u);
  BOOST_TEST(out.size() == half.controls());
}

BOOST_AUTO_TEST_CASE(no_prefix_of_a_packet_is_read) {
  say(a, "0");
  exchange();
  say(a, "1");
  BOOST_TEST(control(a, "c"));
  auto whole = a.talk.take_packets(now).at(0);
  std::size_t read = 0;
  for (std::size_t size = 0; size < whole.size(); ++size)
    read +=
      read_packet(payload::copy_of(byte_view{whole}.sub(0, size))).has_value();
  // Two prefixes are whole packets: the traffic head, with or without a frame.
  BOOST_TEST(read == 2u);
}

BOOST_AUTO_TEST_CASE(a_packet_of_more_frames_than_senders_gather_is_malformed) {
  bytes raw;
  append_head(raw, {packet_kind::traffic, peer_uid{1}, peer_uid{2}, 11, 22, 1});
  append_traffic(raw, {false, 1, 1, 0, 0, 0, 0});
  for (std::size_t i = 0; i < max_frames; ++i)
    append_data(raw, {});
  BOOST_TEST(parsed(raw).frames.size() == max_frames);
  append_data(raw, {});
  BOOST_TEST(!read_packet(payload{raw}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
