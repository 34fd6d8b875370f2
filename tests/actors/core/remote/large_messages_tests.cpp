#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/remote/session_pair.hpp"

using namespace cafmesh;
using namespace cafmesh::remote;
using namespace cafmesh::test;

namespace {

using texts = std::vector<std::string>;

constexpr std::size_t megabyte = 1024 * 1024;

packet parsed(const bytes& x) {
  auto result = read_packet(payload{x});
  BOOST_REQUIRE(result);
  return *result;
}

struct fixture : session_pair {
  fixture() {
    say(a, "0");
    exchange();
    clear(b);
  }
  static void clear(session_end& x) {
    x.data.clear();
    x.all.clear();
  }
  void say_to(std::uint64_t receiver, std::string_view text) {
    a.talk.add_data(text_bytes(text), 0, now, {0, receiver});
  }
  // Drops the packet to `b` that has fragment number `n`, counted from 0.
  void lose_fragment(int n) {
    route = [this, n](session_end& to, const bytes& x) mutable {
      if (&to != &b || !has_fragment(x))
        return true;
      ++fragments;
      return n-- != 0;
    };
  }
  static bool has_fragment(const bytes& x) {
    for (const auto& frame : parsed(x).frames)
      if (frame.kind == frame_kind::fragment)
        return true;
    return false;
  }
  void finish() {
    run_for(seconds{1});
    b.process(now);
    exchange();
    BOOST_TEST(a.talk.outstanding() == 0u);
    BOOST_TEST(a.talk.outstanding_large() == 0u);
    BOOST_TEST(b.partial.size() == 0u);
  }

  int fragments = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(large_messages_tests, fixture)

BOOST_AUTO_TEST_CASE(a_large_message_arrives_in_small_packets) {
  std::size_t largest = 0;
  route = [&](session_end&, const bytes& x) {
    largest = std::max(largest, x.size());
    return true;
  };
  say_long(a, "large", 3 * megabyte + 1);
  run_for(milliseconds{100});
  BOOST_TEST(b.data == (texts{"large"}));
  BOOST_TEST(largest > fragment_size);
  BOOST_TEST(largest < fragment_size + 200);
  finish();
}

BOOST_AUTO_TEST_CASE(a_message_up_to_the_size_of_a_fragment_travels_whole) {
  lose_fragment(-1);
  say_long(a, "whole", fragment_size);
  exchange();
  BOOST_TEST(fragments == 0);
  say_long(a, "large", fragment_size + 1);
  exchange();
  BOOST_TEST(fragments == 2);
  BOOST_TEST(b.data.size() == 2u);
}

BOOST_AUTO_TEST_CASE(few_bytes_of_large_messages_are_on_their_way) {
  say_long(a, "large", 8 * megabyte);
  std::size_t sent = 0;
  for (const auto& x : a.talk.take_packets(now))
    sent += x.size();
  BOOST_TEST(sent <= 257u * 1024);
}

BOOST_AUTO_TEST_CASE(small_messages_to_other_receivers_overtake_a_large_one) {
  say_long(a, "large", megabyte, 0, {9, 1});
  say_to(2, "small");
  run_for(milliseconds{100});
  BOOST_TEST(b.data == (texts{"small", "large"}));
}

BOOST_AUTO_TEST_CASE(a_message_to_the_same_receiver_waits_for_a_large_one) {
  say_long(a, "large", megabyte, 0, {9, 1});
  say_to(1, "small");
  say_long(a, "second", megabyte, 0, {9, 1});
  say_to(1, "last");
  run_for(milliseconds{100});
  BOOST_TEST(b.data == (texts{"large", "small", "second", "last"}));
}

BOOST_AUTO_TEST_CASE(large_messages_to_different_receivers_take_turns) {
  say_long(a, "larger", megabyte, 0, {9, 1});
  say_long(a, "large", 2 * fragment_size, 0, {9, 2});
  run_for(milliseconds{100});
  BOOST_TEST(b.data == (texts{"large", "larger"}));
}

BOOST_AUTO_TEST_CASE(no_more_than_eight_large_messages_are_begun_at_a_time) {
  std::size_t begun = 0;
  for (std::uint64_t receiver = 1; receiver <= 20; ++receiver)
    say_long(a, "large", megabyte, 0, {9, receiver});
  route = [&](session_end&, const bytes&) {
    begun = std::max<std::size_t>(begun, b.partial.size());
    return true;
  };
  run_for(milliseconds{100});
  BOOST_TEST(b.data.size() == 20u);
  BOOST_TEST(begun == 8 * megabyte);
  BOOST_TEST(b.ended.empty());
}

// -- control frames

BOOST_AUTO_TEST_CASE(a_control_waits_for_the_large_messages_of_its_sender) {
  say_long(a, "large", megabyte, 0, {9, 1});
  say_long(a, "second", 2 * megabyte, 0, {9, 2});
  say_to(1, "small");
  BOOST_TEST(a.talk.add_control(text_bytes("down 9"), now, {9, 0}));
  BOOST_TEST(a.talk.add_control(text_bytes("down 8"), now, {8, 0}));
  run_for(milliseconds{100});
  BOOST_TEST(b.all == (texts{"down 8", "large", "small", "second", "down 9"}));
}

BOOST_AUTO_TEST_CASE(a_control_waits_for_the_large_messages_to_its_receiver) {
  say_long(a, "large", megabyte, 0, {9, 1});
  BOOST_TEST(a.talk.add_control(text_bytes("release 1"), now, {0, 1}));
  BOOST_TEST(a.talk.add_control(text_bytes("release 2"), now, {0, 2}));
  say_to(1, "small");
  run_for(milliseconds{100});
  // Data may overtake controls.
  BOOST_TEST((b.all == texts{"release 2", "large", "release 1", "small"}
              || b.all == texts{"release 2", "large", "small", "release 1"}));
}

// -- loss

BOOST_AUTO_TEST_CASE(a_lost_fragment_loses_the_message_and_no_other) {
  lose_fragment(2);
  say_long(a, "lost", megabyte, 71, {9, 1});
  say_long(a, "other", megabyte, 72, {9, 2});
  say_to(1, "small");
  say_long(a, "next", megabyte, 73, {9, 1});
  run_for(seconds{1});
  BOOST_TEST((b.data == texts{"other", "small", "next"}
              || b.data == texts{"small", "other", "next"}));
  BOOST_TEST((a.lost == std::vector<std::uint64_t>{71}));
  BOOST_TEST(a.lost_data);
  finish();
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_message_that_is_lost_is_not_sent) {
  lose_fragment(0);
  say_long(a, "lost", 8 * megabyte, 71);
  run_for(seconds{1});
  BOOST_TEST(b.data.empty());
  BOOST_TEST(fragments <= 6); // those in flight, and one to end the message
  finish();
}

BOOST_AUTO_TEST_CASE(a_message_that_loses_many_fragments_is_lost_once) {
  route = [this](session_end& to, const bytes& x) {
    return &to != &b || !has_fragment(x);
  };
  say_long(a, "lost", megabyte, 71);
  run_for(seconds{1});
  BOOST_TEST((a.lost == std::vector<std::uint64_t>{71}));
  BOOST_TEST(a.talk.undecided().empty());
}

BOOST_AUTO_TEST_CASE(a_message_that_is_under_way_is_undecided_once) {
  route = [](session_end&, const bytes&) {
    return false;
  };
  say_long(a, "first", megabyte, 71, {9, 1});
  say_long(a, "second", megabyte, 72, {9, 1});
  run_for(milliseconds{100});
  auto undecided = a.talk.undecided();
  std::sort(undecided.begin(), undecided.end());
  BOOST_TEST((undecided == std::vector<std::uint64_t>{71, 72}));
}

BOOST_AUTO_TEST_CASE(the_last_fragment_is_missed_although_none_follows) {
  lose_fragment(1);
  say_long(a, "lost", fragment_size + 100, 71);
  run_for(seconds{1});
  BOOST_TEST((a.lost == std::vector<std::uint64_t>{71}));
  BOOST_TEST(b.data.empty());
  BOOST_TEST(b.partial.size() == 0u);
  finish();
}

BOOST_AUTO_TEST_CASE(a_message_whose_end_is_not_heard_of_expires) {
  route = [this](session_end& to, const bytes& x) {
    return &to != &b || !has_fragment(x) || ++fragments == 1;
  };
  say_long(a, "lost", fragment_size + 100, 71);
  run_for(seconds{1});
  BOOST_TEST(fragments == 3);
  BOOST_TEST(b.partial.size() > 0u);
  run_for(seconds{10});
  BOOST_TEST_REQUIRE(b.ended.size() == 1u);
  BOOST_TEST((b.ended[0].outcome == assembly::late));
  finish();
}

BOOST_AUTO_TEST_CASE(a_message_that_is_cut_off_by_an_outage_is_forgotten) {
  say_long(a, "lost", 8 * megabyte, 71, {9, 1});
  move(a, b);
  move(b, a);
  BOOST_TEST(b.partial.size() > 0u);
  route = [](session_end&, const bytes&) {
    return false;
  };
  run_for(seconds{20});
  BOOST_TEST(a.talk.is_unreachable(now));
  BOOST_TEST(b.partial.size() == 0u);
  a.talk.begin_again(33, now);
  BOOST_TEST(a.talk.outstanding_large() == 0u);
  route = [](session_end&, const bytes&) {
    return true;
  };
  say_long(a, "new", megabyte, 0, {9, 1});
  run_for(seconds{1});
  BOOST_TEST(b.data == (texts{"new"}));
}

// -- credit

BOOST_AUTO_TEST_CASE(large_messages_have_credit_of_their_own) {
  say_long(a, "large", megabyte);
  say_to(2, "small");
  BOOST_TEST(a.talk.outstanding() == cost_of_frame(1) + cost_of_frame(5));
  BOOST_TEST(a.talk.outstanding_large() == cost_of_message(megabyte).bytes);
  run_for(seconds{1});
  b.talk.set_processed(0, b.large_cost);
  b.talk.return_credit(now);
  exchange();
  BOOST_TEST(a.talk.outstanding() == cost_of_frame(1) + cost_of_frame(5));
  BOOST_TEST(a.talk.outstanding_large() == 0u);
}

BOOST_AUTO_TEST_CASE(a_lost_message_takes_no_credit_and_another_keeps_its_own) {
  outgoing_half half;
  half.add_data(bytes(2 * fragment_size + 1), 0, {9, 1});
  half.add_data(bytes(megabyte), 0, {9, 2});
  new_packet packet;
  BOOST_TEST_REQUIRE(half.next_packet(now, packet));
  std::vector<std::uint64_t> labels;
  BOOST_TEST(half.lost({1, 1}, now, labels));
  BOOST_TEST(half.outstanding_large() == cost_of_message(megabyte).bytes);
}

BOOST_AUTO_TEST_CASE(credit_for_what_is_not_sent_yet_does_no_harm) {
  say_long(a, "large", megabyte);
  move(a, b);
  b.talk.set_processed(max_number, max_number);
  b.talk.return_credit(now);
  lose_fragment(0);
  run_for(seconds{1});
  BOOST_TEST(a.talk.outstanding_large() == 0u);
}

// -- the bytes

BOOST_AUTO_TEST_CASE(a_fragment_is_written_as_the_page_says) {
  bytes out;
  append_fragment(out, {1, 65536, 65538}, bytes{7, 8});
  BOOST_TEST(out == (bytes{3, 1, 0x80, 0x80, 4, 0x82, 0x80, 4, 2, 7, 8}));
}

BOOST_AUTO_TEST_CASE(malformed_fragments_are_refused) {
  auto is_read = [](fragment_place place, std::size_t size) {
    bytes raw;
    append_head(raw,
                {packet_kind::traffic, peer_uid{1}, peer_uid{2}, 11, 22, 1});
    append_traffic(raw, {false, 1, 1, 0, 0, 0, 0});
    append_fragment(raw, place, bytes(size, 1));
    return read_packet(payload{raw}).has_value();
  };
  BOOST_TEST(is_read({1, 0, least_fragment + 1}, least_fragment));
  BOOST_TEST(is_read({1, least_fragment, least_fragment + 1}, 1));
  BOOST_TEST(is_read({1, 0, 0}, 0), "is given up");
  BOOST_TEST(!is_read({1, 0, least_fragment + 1}, 1), "too small");
  BOOST_TEST(!is_read({1, 5, 10}, 6), "ends behind the message");
  BOOST_TEST(!is_read({1, 11, 10}, 0), "begins behind the message");
  BOOST_TEST(!is_read({0, 0, 10}, 10), "has no number");
  BOOST_TEST(!is_read({1, 0, max_number + 1}, least_fragment), "is too large");
  BOOST_TEST(!is_read({1, max_number, max_number}, 1), "overflows");
}

BOOST_AUTO_TEST_SUITE_END()
