#include "actors/core/remote/incoming_half.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::remote;
using namespace std::chrono_literals;

namespace {

frame_view data(std::string_view text) {
  frame_view x;
  x.body = payload::copy_of(byte_view{text});
  return x;
}

frame_view control(std::uint64_t number, std::uint64_t after,
                   std::string_view text) {
  auto x = data(text);
  x.kind = frame_kind::control;
  x.number = number;
  x.after = after;
  return x;
}

frame_view report(std::uint64_t number, std::uint64_t after, gap lost) {
  frame_view x;
  x.kind = frame_kind::lost;
  x.number = number;
  x.after = after;
  x.first_lost = lost.first;
  x.last_lost = lost.last;
  return x;
}

ordering_limits small_limits() {
  ordering_limits result;
  result.packets = 2;
  result.bytes = 10;
  result.controls = 2;
  result.control_bytes = 4;
  return result;
}

struct fixture {
  // Gives `half` a packet with these frames. Returns the data and controls that
  // can then be delivered, with controls in brackets.
  std::string arrived(std::uint64_t number, std::vector<frame_view> frames,
                      std::uint64_t highest = 0) {
    packet x;
    x.traffic.number = number;
    x.traffic.highest = std::max(number, highest);
    x.frames = std::move(frames);
    std::vector<arrival> out;
    half.arrived(x, now, out);
    return shown(out);
  }
  std::string expired() {
    std::vector<arrival> out;
    half.expire(now, out);
    return shown(out);
  }
  static std::string shown(const std::vector<arrival>& xs) {
    std::string result;
    for (const auto& x : xs) {
      std::string text{x.body.view().as_text()};
      result += x.is_control ? "(" + text + ")" : text;
    }
    return result;
  }
  static std::string shown(const std::vector<gap>& xs) {
    std::string result;
    for (const auto& x : xs)
      result += std::to_string(x.first) + "-" + std::to_string(x.last) + " ";
    return result;
  }
  std::string gaps() {
    return shown(half.take_gaps());
  }
  std::string reports() {
    return shown(half.take_reports());
  }

  incoming_half half{small_limits()};
  instant now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(incoming_half_tests, fixture)

// -- the order of data

BOOST_AUTO_TEST_CASE(packets_are_delivered_in_the_order_of_their_numbers) {
  BOOST_TEST(half.settled() == 0u);
  BOOST_TEST(arrived(1, {data("a"), data("b")}) == "ab");
  BOOST_TEST(half.settled() == 1u);
  BOOST_TEST(arrived(3, {data("d")}) == "");
  BOOST_TEST(half.settled() == 1u);
  BOOST_TEST(arrived(2, {data("c")}) == "cd");
  BOOST_TEST(half.settled() == 3u);
  BOOST_TEST(gaps() == "");
}

BOOST_AUTO_TEST_CASE(a_packet_that_came_before_is_dropped) {
  arrived(1, {data("a")});
  BOOST_TEST(arrived(1, {data("a")}) == "");
  BOOST_TEST(half.dropped() == 1u);
  BOOST_TEST(arrived(3, {data("c")}) == "");
  BOOST_TEST(arrived(3, {data("C")}) == "");
  BOOST_TEST(half.dropped() == 2u);
  BOOST_TEST(arrived(2, {data("b")}) == "bc");
  arrived(0, {}); // has no data, so it is not counted
  BOOST_TEST(half.dropped() == 2u);
}

// -- gaps

BOOST_AUTO_TEST_CASE(missing_data_is_given_up_after_100_ms) {
  arrived(1, {data("a")});
  BOOST_TEST(!half.due().has_value());
  auto since = now;
  arrived(4, {data("d")});
  BOOST_TEST((half.due() == since + 100ms));
  now = since + 99ms;
  BOOST_TEST(expired() == "");
  BOOST_TEST(gaps() == "");
  now = since + 100ms;
  BOOST_TEST(expired() == "d");
  BOOST_TEST(half.settled() == 4u);
  BOOST_TEST(gaps() == "2-3 ");
  BOOST_TEST(gaps() == "");
  BOOST_TEST(!half.due().has_value());
  BOOST_TEST(arrived(3, {data("c")}) == "");
  BOOST_TEST(half.dropped() == 1u);
}

BOOST_AUTO_TEST_CASE(nothing_expires_while_nothing_is_missing) {
  arrived(1, {data("a")});
  now += 1h;
  BOOST_TEST(expired() == "");
  BOOST_TEST(gaps() == "");
  BOOST_TEST(half.settled() == 1u);
}

BOOST_AUTO_TEST_CASE(the_sender_says_what_else_it_has_sent) {
  arrived(1, {data("a")}, 2);
  BOOST_TEST((half.due() == now + 100ms));
  now += 100ms;
  BOOST_TEST(expired() == "");
  BOOST_TEST(gaps() == "2-2 ");
  BOOST_TEST(half.settled() == 2u);
  BOOST_TEST(!half.due().has_value());
  BOOST_TEST(arrived(3, {data("c")}) == "c");
}

BOOST_AUTO_TEST_CASE(a_control_says_what_was_sent_before_it) {
  BOOST_TEST(arrived(0, {control(1, 2, "c")}) == "");
  BOOST_TEST((half.due() == now + 100ms));
  now += 100ms;
  BOOST_TEST(expired() == "(c)");
  BOOST_TEST(gaps() == "1-2 ");
}

BOOST_AUTO_TEST_CASE(each_gap_has_its_own_time) {
  arrived(2, {data("b")});
  now += 60ms;
  arrived(4, {data("d")}); // does not fill the gap
  BOOST_TEST((half.due() == now + 40ms));
  BOOST_TEST(arrived(1, {data("a")}) == "ab");
  BOOST_TEST((half.due() == now + 100ms));
  now += 100ms;
  BOOST_TEST(expired() == "d");
  BOOST_TEST(gaps() == "3-3 ");
}

BOOST_AUTO_TEST_CASE(the_next_gap_begins_when_one_was_given_up) {
  arrived(2, {data("b")});
  arrived(4, {data("d")});
  now += 100ms;
  BOOST_TEST(expired() == "b");
  BOOST_TEST((half.due() == now + 100ms));
  BOOST_TEST(gaps() == "1-1 ");
  now += 100ms;
  BOOST_TEST(expired() == "d");
  BOOST_TEST(gaps() == "3-3 ");
}

BOOST_AUTO_TEST_CASE(a_gap_is_given_up_when_too_many_packets_wait) {
  BOOST_TEST(arrived(2, {}) == "");
  BOOST_TEST(arrived(4, {data("d")}) == "");
  BOOST_TEST(gaps() == "");
  BOOST_TEST(arrived(6, {data("f")}) == "");
  BOOST_TEST(gaps() == "1-1 ");
  BOOST_TEST(half.settled() == 2u);
  BOOST_TEST(arrived(8, {data("h")}) == "d");
  BOOST_TEST(gaps() == "3-3 ");
}

BOOST_AUTO_TEST_CASE(gaps_are_given_up_when_too_many_bytes_wait) {
  BOOST_TEST(arrived(2, {data("12345")}) == "");
  BOOST_TEST(arrived(4, {data("123"), data("45")}) == "");
  BOOST_TEST(gaps() == "");
  half = incoming_half{small_limits()};
  arrived(2, {data("12345")});
  BOOST_TEST(arrived(4, {data("123"), data("456")}) == "12345");
  BOOST_TEST(gaps() == "1-1 ");
}

BOOST_AUTO_TEST_CASE(one_packet_may_be_of_any_size) {
  BOOST_TEST(arrived(2, {data("12345678901")}) == "");
  BOOST_TEST(gaps() == "");
  BOOST_TEST(arrived(1, {data("a")}) == "a12345678901");
}

BOOST_AUTO_TEST_CASE(bytes_that_were_delivered_take_no_room) {
  arrived(2, {data("1234567890")});
  arrived(1, {});
  BOOST_TEST(arrived(4, {data("12345")}) == "");
  BOOST_TEST(arrived(6, {data("12345")}) == "");
  BOOST_TEST(gaps() == "");
  now += 100ms;
  BOOST_TEST(expired() == "12345");
  BOOST_TEST(arrived(8, {data("12345")}) == "");
  BOOST_TEST(gaps() == "3-3 ");
}

// -- control frames

BOOST_AUTO_TEST_CASE(controls_come_in_the_order_of_their_numbers) {
  BOOST_TEST(arrived(0, {control(2, 0, "b")}) == "");
  BOOST_TEST(half.controls() == 0u);
  BOOST_TEST(arrived(0, {control(1, 0, "a")}) == "(a)(b)");
  BOOST_TEST(half.controls() == 2u);
  BOOST_TEST(arrived(0, {control(3, 0, "c")}) == "(c)");
  BOOST_TEST(half.controls() == 3u);
}

BOOST_AUTO_TEST_CASE(a_control_that_comes_twice_is_delivered_once) {
  BOOST_TEST(arrived(0, {control(2, 0, "b"), control(2, 0, "B")}) == "");
  BOOST_TEST(arrived(0, {control(1, 0, "a")}) == "(a)(b)");
  BOOST_TEST(arrived(0, {control(2, 0, "B"), control(1, 0, "A")}) == "");
  BOOST_TEST(half.controls() == 2u);
}

BOOST_AUTO_TEST_CASE(a_control_stands_between_the_packets_around_it) {
  BOOST_TEST(arrived(3, {data("3")}) == "");
  BOOST_TEST(arrived(2, {data("2"), control(1, 2, "c")}) == "");
  // The control counts as arrived, although it must wait for packet 1.
  BOOST_TEST(half.controls() == 1u);
  BOOST_TEST(arrived(1, {data("1")}) == "12(c)3");
}

BOOST_AUTO_TEST_CASE(a_control_in_the_packet_of_its_data_comes_after_it) {
  BOOST_TEST(arrived(1, {control(1, 1, "c"), data("1")}) == "1(c)");
}

BOOST_AUTO_TEST_CASE(the_one_that_is_missing_is_taken_although_many_wait) {
  BOOST_TEST(arrived(0, {control(2, 0, "b"), control(3, 0, "c")}) == "");
  BOOST_TEST(arrived(0, {control(4, 0, "d")}) == ""); // this one is dropped
  BOOST_TEST(arrived(0, {control(1, 0, "a")}) == "(a)(b)(c)");
  BOOST_TEST(half.controls() == 3u);
  BOOST_TEST(arrived(0, {control(4, 0, "d")}) == "(d)");
}

BOOST_AUTO_TEST_CASE(controls_wait_within_a_number_of_bytes) {
  arrived(0, {control(2, 0, "123"), control(3, 0, "c")});
  BOOST_TEST(arrived(0, {control(1, 0, "a")}) == "(a)(123)(c)");
  arrived(0, {control(5, 0, "1234"), control(6, 0, "c")});
  BOOST_TEST(arrived(0, {control(4, 0, "a")}) == "(a)(1234)");
  BOOST_TEST(half.controls() == 5u);
}

// -- reports

// Once a report of lost packets is acknowledged, the peer that sent the report
// no longer counts those packets as missing. So the report must take effect as
// soon as it arrives.
BOOST_AUTO_TEST_CASE(reports_are_taken_at_once_whatever_they_come_after) {
  auto second = report(2, 0, {3, 5});
  BOOST_TEST(arrived(0, {second, report(3, 1, {7, 7})}) == "");
  BOOST_TEST(reports() == "3-5 7-7 ");
  BOOST_TEST(half.controls() == 0u);
  BOOST_TEST(arrived(0, {control(1, 0, "a")}) == "(a)");
  BOOST_TEST(half.controls() == 3u);
  BOOST_TEST(arrived(1, {data("1"), second}) == "1");
  BOOST_TEST(arrived(0, {control(4, 0, "d")}) == "(d)");
  BOOST_TEST(reports() == "");
}

BOOST_AUTO_TEST_SUITE_END()
