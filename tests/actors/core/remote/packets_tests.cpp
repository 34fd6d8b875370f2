#include "actors/core/remote/packets.hpp"

#include <boost/test/unit_test.hpp>

/// Tests of reading and writing packets. The expected bytes are written by
/// hand, as PROTOCOL.md, "Messages between actors", defines them.
using namespace cafmesh;
using namespace cafmesh::remote;

namespace {

const std::string uids = "00000000000000010000000000000002";
const std::string tokens = "00000000000000030000000000000004";

// Returns the head of a packet of this kind from the peer with UID 1 to the
// peer with UID 2, in epoch 5.
std::string head_of(int kind) {
  return "010" + std::to_string(kind) + uids + tokens + "05";
}

// The start of a traffic packet without flags. It is packet 1 of 1, and nothing
// has arrived from the other side.
const std::string traffic = head_of(3) + "00010100000000";

std::optional<packet> parsed(const std::string& digits) {
  bytes raw;
  BOOST_REQUIRE(from_hex(digits, raw));
  return read_packet(payload{std::move(raw)});
}

bool is_read(const std::string& digits) {
  return parsed(digits).has_value();
}

const std::string largest = "808080808080808010"; // 2^60
const std::string too_large = "818080808080808010";

frame_view frame_of(const std::string& digits) {
  auto x = parsed(traffic + digits);
  BOOST_REQUIRE(x);
  BOOST_REQUIRE(x->frames.size() == 1u);
  return x->frames[0];
}

} // namespace

BOOST_AUTO_TEST_SUITE(packets_tests)

BOOST_AUTO_TEST_CASE(packets_are_written_as_the_protocol_says) {
  bytes out;
  packet_head head{packet_kind::traffic, peer_uid{1}, peer_uid{2}, 3, 4, 300};
  append_head(out, head);
  BOOST_TEST(to_hex(out) == "0103" + uids + tokens + "ac02");
  out.clear();
  append_traffic(out, {true, 1, 2, 3, 4, 300, 5});
  append_traffic(out, {false, 0, 0, 0, 0, 0, 0});
  BOOST_TEST(to_hex(out) == "0101020304ac020500000000000000");
  out.clear();
  append_data(out, byte_view{"ab"});
  append_control(out, 300, 6, byte_view{"c"});
  append_lost(out, 7, 8, 9, 10);
  BOOST_TEST(to_hex(out)
             == "00026162"
                "01ac02060163"
                "020708090a");
}

BOOST_AUTO_TEST_CASE(a_head_is_read_as_it_was_written) {
  auto x = parsed(head_of(1));
  BOOST_REQUIRE(x);
  BOOST_TEST((x->head.kind == packet_kind::hello));
  BOOST_TEST((x->head.from == peer_uid{1}));
  BOOST_TEST((x->head.to == peer_uid{2}));
  BOOST_TEST(x->head.from_token == 3u);
  BOOST_TEST(x->head.to_token == 4u);
  BOOST_TEST(x->head.epoch == 5u);
  BOOST_TEST(x->frames.empty());
}

BOOST_AUTO_TEST_CASE(only_traffic_has_more_than_a_head) {
  for (int kind : {1, 2, 4}) {
    BOOST_TEST(is_read(head_of(kind)));
    BOOST_TEST(!is_read(head_of(kind) + "00"));
  }
  BOOST_TEST(!is_read(head_of(3)));
}

BOOST_AUTO_TEST_CASE(other_formats_and_kinds_are_refused) {
  BOOST_TEST(!is_read("02" + head_of(1).substr(2)));
  BOOST_TEST(!is_read("00" + head_of(1).substr(2)));
  BOOST_TEST(!is_read(head_of(0)));
  BOOST_TEST(!is_read(head_of(5)));
}

BOOST_AUTO_TEST_CASE(a_sender_has_a_token_and_the_receiver_may_be_unknown) {
  const std::string none(16, '0');
  BOOST_TEST(is_read("0101" + uids + tokens.substr(0, 16) + none + "05"));
  BOOST_TEST(!is_read("0101" + uids + none + tokens.substr(16) + "05"));
}

BOOST_AUTO_TEST_CASE(the_epoch_is_at_most_the_largest_number) {
  BOOST_TEST(is_read("0101" + uids + tokens + largest));
  BOOST_TEST(!is_read("0101" + uids + tokens + too_large));
}

BOOST_AUTO_TEST_CASE(the_state_is_read_as_it_was_written) {
  auto x = parsed(head_of(3) + "0101020304ac0205");
  BOOST_REQUIRE(x);
  BOOST_TEST((x->head.kind == packet_kind::traffic));
  BOOST_TEST(x->traffic.wants_answer);
  BOOST_TEST(x->traffic.number == 1u);
  BOOST_TEST(x->traffic.highest == 2u);
  BOOST_TEST(x->traffic.settled == 3u);
  BOOST_TEST(x->traffic.controls == 4u);
  BOOST_TEST(x->traffic.credit == 300u);
  BOOST_TEST(x->traffic.large_credit == 5u);
  BOOST_TEST(!parsed(traffic)->traffic.wants_answer);
  BOOST_TEST(!is_read(head_of(3) + "02010100000000"));
}

BOOST_AUTO_TEST_CASE(no_packet_has_a_higher_number_than_the_highest) {
  BOOST_TEST(is_read(head_of(3) + "00020200000000"));
  BOOST_TEST(!is_read(head_of(3) + "00020100000000"));
}

BOOST_AUTO_TEST_CASE(numbers_of_the_state_are_at_most_the_largest_number) {
  for (int field = 0; field < 6; ++field) {
    auto with = [field](const std::string& x) {
      auto result = head_of(3) + "00";
      for (int i = 0; i < 6; ++i)
        if (i == field)
          result += x;
        else
          result += field == 0 && i == 1 ? largest : "00";
      return result;
    };
    BOOST_TEST(is_read(with(largest)), "field " << field);
    BOOST_TEST(!is_read(with(too_large)), "field " << field);
  }
}

BOOST_AUTO_TEST_CASE(frames_are_read_as_they_were_written) {
  auto x = parsed(traffic + "00026162" + "01ac02060163" + "020708090a");
  BOOST_REQUIRE(x);
  BOOST_REQUIRE(x->frames.size() == 3u);
  const auto& data = x->frames[0];
  BOOST_TEST((data.kind == frame_kind::data));
  BOOST_TEST(data.body.view().as_text() == "ab");
  const auto& control = x->frames[1];
  BOOST_TEST((control.kind == frame_kind::control));
  BOOST_TEST(control.number == 300u);
  BOOST_TEST(control.after == 6u);
  BOOST_TEST(control.body.view().as_text() == "c");
  const auto& lost = x->frames[2];
  BOOST_TEST((lost.kind == frame_kind::lost));
  BOOST_TEST(lost.number == 7u);
  BOOST_TEST(lost.after == 8u);
  BOOST_TEST(lost.first_lost == 9u);
  BOOST_TEST(lost.last_lost == 10u);
  BOOST_TEST(lost.body.empty());
}

BOOST_AUTO_TEST_CASE(bodies_may_be_empty) {
  BOOST_TEST(frame_of("0000").body.empty());
  BOOST_TEST(frame_of("01010000").body.empty());
}

BOOST_AUTO_TEST_CASE(other_kinds_of_frames_are_refused) {
  BOOST_TEST(!is_read(traffic + "0401010101"));
  BOOST_TEST(!is_read(traffic + "ff00"));
}

BOOST_AUTO_TEST_CASE(controls_and_reports_have_numbers) {
  BOOST_TEST(frame_of("01010000").number == 1u);
  BOOST_TEST(!is_read(traffic + "01000000"));
  BOOST_TEST(frame_of("0201000101").number == 1u);
  BOOST_TEST(!is_read(traffic + "0200000101"));
}

BOOST_AUTO_TEST_CASE(a_report_ends_where_it_begins_or_later) {
  BOOST_TEST(frame_of("0201000505").last_lost == 5u);
  BOOST_TEST(frame_of("0201000506").last_lost == 6u);
  BOOST_TEST(!is_read(traffic + "0201000504"));
}

BOOST_AUTO_TEST_CASE(numbers_of_frames_are_at_most_the_largest_number) {
  BOOST_TEST(is_read(traffic + "01" + largest + "0000"));
  BOOST_TEST(!is_read(traffic + "01" + too_large + "0000"));
  BOOST_TEST(is_read(traffic + "0101" + largest + "00"));
  BOOST_TEST(!is_read(traffic + "0101" + too_large + "00"));
  BOOST_TEST(is_read(traffic + "020100" + largest + largest));
  BOOST_TEST(!is_read(traffic + "02010001" + too_large));
  BOOST_TEST(is_read(traffic + "03" + largest + "00" + largest + "00"));
  BOOST_TEST(!is_read(traffic + "03" + too_large + "00" + largest + "00"));
  BOOST_TEST(!is_read(traffic + "0301" + "00" + too_large + "00"));
}

BOOST_AUTO_TEST_CASE(only_a_packet_with_a_number_has_data) {
  auto without = head_of(3) + "00000100000000";
  BOOST_TEST(is_read(without));
  BOOST_TEST(is_read(without + "01010000"));
  BOOST_TEST(is_read(without + "0201000101"));
  BOOST_TEST(!is_read(without + "0000"));
  BOOST_TEST(!is_read(without + "0301000000"));
}

BOOST_AUTO_TEST_CASE(a_fragment_is_read_as_it_was_written) {
  auto x = frame_of("03ac0205060163");
  BOOST_TEST((x.kind == frame_kind::fragment));
  BOOST_TEST(x.place.message == 300u);
  BOOST_TEST(x.place.offset == 5u);
  BOOST_TEST(x.place.total == 6u);
  BOOST_TEST(x.body.view().as_text() == "c");
}

BOOST_AUTO_TEST_CASE(a_fragment_lies_within_its_message) {
  BOOST_TEST(is_read(traffic + "0301000000")); // gives the message up
  BOOST_TEST(!is_read(traffic + "0300000000"));
  BOOST_TEST(is_read(traffic + "0301010100"));
  BOOST_TEST(!is_read(traffic + "0301020100"));
  BOOST_TEST(is_read(traffic + "03010002026162"));
  BOOST_TEST(!is_read(traffic + "03010001026162"));
  BOOST_TEST(!is_read(traffic + "03010102026162"));
}

BOOST_AUTO_TEST_CASE(only_the_last_fragment_has_less_than_16_kib) {
  auto reads = [](std::size_t size, std::uint64_t total) {
    bytes raw;
    BOOST_REQUIRE(from_hex(traffic, raw));
    append_fragment(raw, {1, 0, total}, bytes(size));
    return read_packet(payload{std::move(raw)}).has_value();
  };
  BOOST_TEST(reads(16'384, 100'000));
  BOOST_TEST(!reads(16'383, 100'000));
  BOOST_TEST(!reads(16'383, 16'384));
  BOOST_TEST(reads(16'383, 16'383));
}

BOOST_AUTO_TEST_CASE(frames_that_are_cut_off_are_refused) {
  for (std::string frame :
       {"00026162", "01ac02060163", "020708090a", "03ac0205060163"})
    for (std::size_t size = 2; size < frame.size(); size += 2)
      BOOST_TEST(!is_read(traffic + frame.substr(0, size)));
}

BOOST_AUTO_TEST_SUITE_END()
