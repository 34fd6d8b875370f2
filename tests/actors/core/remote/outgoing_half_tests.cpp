#include "actors/core/remote/outgoing_half.hpp"

#include <boost/test/unit_test.hpp>

/// Tests of the sending half of a session. The expected frames are written by
/// hand, as PROTOCOL.md, "Messages between actors", defines them.
using namespace cafmesh;
using namespace cafmesh::remote;
using namespace std::chrono_literals;

namespace {

using numbers = std::vector<std::uint64_t>;

bytes text(std::string_view x) {
  return byte_view{x}.to_bytes();
}

sending_limits small_limits() {
  sending_limits result;
  result.packet = 10;
  result.unsettled = 3;
  result.controls = 2;
  result.reports = 2;
  return result;
}

struct fixture {
  // Returns the number and the frames of the next packet; an empty text if
  // there is none.
  std::string next() {
    new_packet x{{0xee}, 99, true}; // the old content must be overwritten
    auto any = half.next_packet(now, x);
    BOOST_TEST(any == !x.frames.empty());
    BOOST_TEST(!x.wants_answer);
    return any ? std::to_string(x.number) + ": " + to_hex(x.frames) : "";
  }
  void acknowledge(std::uint64_t settled, std::uint64_t controls,
                   std::uint64_t credit = 0) {
    traffic_head x;
    x.settled = settled;
    x.controls = controls;
    x.credit = credit;
    half.acknowledged(x, now);
  }
  numbers lost(std::uint64_t first, std::uint64_t last) {
    numbers labels;
    half.lost({first, last}, now, labels);
    return labels;
  }
  // Sends a packet with an empty data frame, which costs 64 bytes of credit.
  void send(std::uint64_t request) {
    half.add_data({}, request);
    BOOST_TEST(next() != "");
  }

  outgoing_half half{small_limits()};
  instant now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(outgoing_half_tests, fixture)

BOOST_AUTO_TEST_CASE(small_messages_are_counted_until_they_are_settled) {
  for (std::uint64_t i = 1; i <= 4; ++i)
    half.add_data(text("a message"), i);
  half.add_data(bytes(2 * fragment_size), 5);
  BOOST_TEST(half.unsettled_messages() == 4u);
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(next() != "");
  BOOST_TEST(half.unsettled_messages() == 4u);
  // Credit alone settles nothing.
  acknowledge(0, 0, 1'000'000);
  BOOST_TEST(half.unsettled_messages() == 4u);
  acknowledge(2, 0);
  BOOST_TEST(half.unsettled_messages() == 2u);
  BOOST_TEST(next() != "");
  acknowledge(4, 0);
  BOOST_TEST(half.unsettled_messages() == 0u);
}

// -- packets

BOOST_AUTO_TEST_CASE(waiting_frames_are_gathered_into_numbered_packets) {
  BOOST_TEST(next() == "");
  half.add_data(text("a"), 0);
  half.add_data(text("b"), 7);
  BOOST_TEST(half.highest() == 0u);
  BOOST_TEST(next() == "1: 000161000162");
  BOOST_TEST(half.highest() == 1u);
  BOOST_TEST(next() == "");
  half.add_data(text("c"), 0);
  BOOST_TEST(next() == "2: 000163");
  BOOST_TEST(half.highest() == 2u);
}

BOOST_AUTO_TEST_CASE(a_control_says_after_which_packet_it_is_due) {
  BOOST_TEST(half.add_control(text("c")));
  BOOST_TEST(next() == "0: 0101000163");
  BOOST_TEST(half.highest() == 0u);
  acknowledge(0, 1);
  half.add_data(text("a"), 0);
  BOOST_TEST(half.add_control({}));
  half.add_data({}, 0);
  // The control must be delivered after the data of its own packet, because
  // that data was added before the control.
  BOOST_TEST(next()
             == "1: 000161"
                "01020100"
                "0000");
  BOOST_TEST(half.add_control({}));
  half.add_data({}, 0);
  BOOST_TEST(next()
             == "2: 01030100"
                "0000");
}

BOOST_AUTO_TEST_CASE(a_report_names_the_first_and_the_last_lost_packet) {
  half.add_data({}, 0);
  half.add_report({3, 5});
  BOOST_TEST(next()
             == "1: 0000"
                "0201010305");
}

BOOST_AUTO_TEST_CASE(a_body_that_just_fits_into_the_packet_is_added_to_it) {
  half.add_data(text("1234"), 0); // a frame of six bytes
  half.add_data(text("1234"), 0);
  half.add_data({}, 0);
  BOOST_TEST(next() == "1: 000431323334000431323334");
  BOOST_TEST(next() == "2: 0000");
}

BOOST_AUTO_TEST_CASE(a_body_that_exceeds_the_packet_by_a_byte_begins_another) {
  half.add_data(text("1234"), 0);
  half.add_data(text("12345"), 0);
  BOOST_TEST(next() == "1: 000431323334");
  BOOST_TEST(next() == "2: 00053132333435");
}

BOOST_AUTO_TEST_CASE(a_body_larger_than_a_packet_goes_alone) {
  half.add_data(text("12345678901"), 0);
  half.add_data({}, 0);
  BOOST_TEST(next() == "1: 000b3132333435363738393031");
  BOOST_TEST(next() == "2: 0000");
}

BOOST_AUTO_TEST_CASE(no_more_packets_are_sent_than_may_be_unsettled) {
  for (int i = 0; i < 3; ++i)
    send(0);
  half.add_data({}, 0);
  BOOST_TEST(next() == "");
  acknowledge(1, 0);
  BOOST_TEST(next() == "4: 0000");
  half.add_data({}, 0);
  BOOST_TEST(next() == "");
  acknowledge(3, 0);
  BOOST_TEST(next() == "5: 0000");
}

BOOST_AUTO_TEST_CASE(an_answer_is_due_until_all_is_acknowledged) {
  BOOST_TEST(!half.is_waiting_for_answer());
  half.add_data({}, 0);
  BOOST_TEST(half.is_waiting_for_answer());
  next();
  BOOST_TEST(half.is_waiting_for_answer());
  acknowledge(1, 0);
  BOOST_TEST(!half.is_waiting_for_answer());
  BOOST_TEST(half.add_control({}));
  next();
  BOOST_TEST(half.is_waiting_for_answer());
  acknowledge(1, 1);
  BOOST_TEST(!half.is_waiting_for_answer());
}

BOOST_AUTO_TEST_CASE(acknowledgements_of_what_was_not_sent_count_for_nothing) {
  send(0);
  BOOST_TEST(half.add_control({}));
  next();
  acknowledge(2, 1, 64);
  acknowledge(1, 2, 64);
  BOOST_TEST(half.outstanding() == 64u);
  BOOST_TEST(half.due().has_value());
  acknowledge(1, 1, 64);
  BOOST_TEST(half.outstanding() == 0u);
  BOOST_TEST(!half.is_waiting_for_answer());
}

// -- control frames

BOOST_AUTO_TEST_CASE(controls_are_repeated_until_they_are_acknowledged) {
  BOOST_TEST(!half.due().has_value());
  BOOST_TEST(half.add_control(text("c")));
  BOOST_TEST(next() == "0: 0101000163");
  auto sent = now;
  BOOST_TEST((half.due() == sent + 250ms));
  now = sent + 249ms;
  BOOST_TEST(next() == "");
  now = sent + 250ms;
  BOOST_TEST(next() == "0: 0101000163");
  BOOST_TEST((half.due() == sent + 500ms));
  now = sent + 499ms;
  BOOST_TEST(next() == "");
  now = sent + 500ms;
  acknowledge(0, 1);
  BOOST_TEST(!half.due().has_value());
  BOOST_TEST(next() == "");
}

BOOST_AUTO_TEST_CASE(reports_are_repeated_as_they_were) {
  half.add_report({3, 5});
  BOOST_TEST(next() == "0: 0201000305");
  now += 250ms;
  BOOST_TEST(next() == "0: 0201000305");
}

BOOST_AUTO_TEST_CASE(only_what_is_not_acknowledged_is_repeated) {
  for (auto x : {"c", "d"}) {
    BOOST_TEST(half.add_control(text(x)));
    next();
  }
  acknowledge(0, 1);
  now += 250ms;
  BOOST_TEST(next() == "0: 0102000164");
}

BOOST_AUTO_TEST_CASE(new_frames_go_before_repeated_ones) {
  BOOST_TEST(half.add_control(text("c")));
  next();
  now += 250ms;
  half.add_data({}, 0);
  BOOST_TEST(next() == "1: 0000");
  BOOST_TEST(next() == "0: 0101000163");
}

BOOST_AUTO_TEST_CASE(repeated_frames_are_gathered_as_new_ones_are) {
  // Both frames together exactly reach the limit of 10 bytes. The first counts
  // as eight bytes, and the second as only the two bytes of its body.
  BOOST_TEST(half.add_control(text("1234")));
  BOOST_TEST(half.add_control(text("12")));
  BOOST_TEST(next() == "0: 0101000431323334010200023132");
  now += 250ms;
  BOOST_TEST(next() == "0: 0101000431323334010200023132");
  BOOST_TEST(next() == "");
}

BOOST_AUTO_TEST_CASE(only_one_packet_of_the_oldest_is_repeated_at_a_time) {
  BOOST_TEST(half.add_control(text("1234")));
  BOOST_TEST(half.add_control(text("123")));
  BOOST_TEST(next() == "0: 0101000431323334");
  BOOST_TEST(next() == "0: 01020003313233");
  now += 250ms;
  BOOST_TEST(next() == "0: 0101000431323334");
  BOOST_TEST(next() == "");
  acknowledge(0, 1);
  BOOST_TEST(next() == "0: 01020003313233");
  BOOST_TEST(next() == "");
}

BOOST_AUTO_TEST_CASE(a_control_larger_than_a_packet_is_repeated_too) {
  BOOST_TEST(half.add_control(text("12345678901")));
  BOOST_TEST(next() == "0: 0101000b3132333435363738393031");
  now += 250ms;
  BOOST_TEST(next() == "0: 0101000b3132333435363738393031");
}

BOOST_AUTO_TEST_CASE(controls_are_refused_while_too_many_wait) {
  BOOST_TEST(half.add_control({}));
  BOOST_TEST(half.add_control({}));
  BOOST_TEST(!half.add_control({}));
  next();
  BOOST_TEST(!half.add_control({}));
  acknowledge(0, 1);
  BOOST_TEST(half.add_control({}));
  BOOST_TEST(!half.add_control({}));
  next();
  acknowledge(0, 3);
  BOOST_TEST(half.add_control({}));
  BOOST_TEST(half.add_control({}));
  BOOST_TEST(!half.add_control({}));
}

// -- reports of lost packets

BOOST_AUTO_TEST_CASE(reports_take_no_room_from_controls) {
  half.add_report({3, 5});
  half.add_report({7, 7});
  BOOST_TEST(half.add_control({}));
  BOOST_TEST(half.add_control({}));
  BOOST_TEST(!half.add_control({}));
}

BOOST_AUTO_TEST_CASE(the_first_report_stands_until_it_is_acknowledged) {
  BOOST_TEST(half.add_control({}));
  next();
  BOOST_TEST(!half.first_unreported().has_value());
  half.add_report({3, 5});
  half.add_report({8, 9});
  acknowledge(0, 1); // the peer sent this before it could get the reports
  BOOST_TEST((half.first_unreported() == 3u));
  next();
  acknowledge(0, 1);
  BOOST_TEST((half.first_unreported() == 3u));
  acknowledge(0, 2);
  BOOST_TEST((half.first_unreported() == 8u));
  acknowledge(0, 3);
  BOOST_TEST(!half.first_unreported().has_value());
}

BOOST_AUTO_TEST_CASE(a_report_that_is_the_first_control_is_acknowledged_too) {
  half.add_report({3, 5});
  next();
  acknowledge(0, 1);
  BOOST_TEST(!half.first_unreported().has_value());
}

BOOST_AUTO_TEST_CASE(reports_beyond_the_limit_are_not_sent) {
  for (std::uint64_t x : {1, 2, 3})
    half.add_report({x, x});
  BOOST_TEST(next() == "0: 02010001010202000202");
  BOOST_TEST(next() == "");
  acknowledge(0, 1);
  half.add_report({4, 4});
  BOOST_TEST(next() == "0: 0203000404");
}

BOOST_AUTO_TEST_CASE(requests_in_lost_packets_are_known_once) {
  half.add_data({}, 71);
  half.add_data({}, 0); // no request
  half.add_data({}, 72);
  next();
  send(73);
  send(74);
  BOOST_TEST((lost(2, 2) == numbers{73}));
  BOOST_TEST((lost(1, 2) == numbers{71, 72}));
  BOOST_TEST((lost(1, 3) == numbers{74}));
  BOOST_TEST((lost(1, 3) == numbers{}));
}

BOOST_AUTO_TEST_CASE(requests_in_settled_packets_are_not_lost) {
  for (std::uint64_t x : {71, 72, 73})
    send(x);
  acknowledge(2, 0);
  BOOST_TEST((lost(1, 9) == numbers{73}));
}

// -- the cost of data

BOOST_AUTO_TEST_CASE(data_costs_its_size_and_64_from_when_it_waits) {
  BOOST_TEST(half.outstanding() == 0u);
  half.add_data(text("abc"), 0);
  BOOST_TEST(half.outstanding() == 67u);
  half.add_data({}, 0);
  BOOST_TEST(half.outstanding() == 131u);
  next();
  acknowledge(1, 0);
  BOOST_TEST(half.outstanding() == 131u);
  BOOST_TEST(half.add_control(text("free of charge")));
  BOOST_TEST(half.outstanding() == 131u);
}

BOOST_AUTO_TEST_CASE(credit_never_falls) {
  send(0);
  send(0);
  acknowledge(0, 0, 100);
  BOOST_TEST(half.outstanding() == 28u);
  acknowledge(0, 0, 50); // was overtaken, so it is ignored
  BOOST_TEST(half.outstanding() == 28u);
  acknowledge(0, 0, 128);
  BOOST_TEST(half.outstanding() == 0u);
}

BOOST_AUTO_TEST_CASE(credit_is_at_most_the_cost_of_what_was_not_lost) {
  send(0);
  send(0);
  lost(1, 1);
  acknowledge(2, 0, 1000);
  BOOST_TEST(half.outstanding() == 0u);
  send(0);
  BOOST_TEST(half.outstanding() == 64u);
}

BOOST_AUTO_TEST_CASE(lost_data_costs_nothing_and_counts_once) {
  send(0);
  half.add_data(text("ab"), 0);
  next();
  lost(2, 2);
  BOOST_TEST(half.outstanding() == 64u);
  lost(2, 2);
  BOOST_TEST(half.outstanding() == 64u);
}

BOOST_AUTO_TEST_CASE(a_loss_after_too_much_credit_makes_no_debt) {
  send(0);
  send(0);
  acknowledge(0, 0, 128);
  lost(1, 2);
  BOOST_TEST(half.outstanding() == 0u);
  send(0);
  BOOST_TEST(half.outstanding() == 64u);
}

BOOST_AUTO_TEST_CASE(the_memory_of_small_sent_messages_can_be_used_again) {
  half.add_data(text("small"), 1);
  half.add_data(bytes(1000), 2);
  half.add_control(text("control"));
  BOOST_TEST(half.take_spent().empty());
  while (next() != "")
    ;
  BOOST_TEST(half.take_spent().size() == 1u);
  BOOST_TEST(half.take_spent().empty());
}

BOOST_AUTO_TEST_CASE(the_memory_of_a_limited_number_of_messages_is_kept) {
  outgoing_half many;
  for (std::uint64_t i = 0; i < 600; ++i)
    many.add_data(text("x"), i);
  for (new_packet x; many.next_packet(now, x);)
    ;
  BOOST_TEST(many.take_spent().size() == 512u);
}

BOOST_AUTO_TEST_SUITE_END()
