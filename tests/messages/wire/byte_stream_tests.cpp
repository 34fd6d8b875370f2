#include "messages/wire/byte_stream.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::wire;

namespace {

std::string number_of(std::uint64_t x) {
  bytes out;
  append_number(out, x);
  return to_hex(out);
}

bytes raw(std::string_view digits) {
  bytes result;
  BOOST_REQUIRE(from_hex(digits, result));
  return result;
}

// Reads a number. Returns the number and the bytes that follow, or "failed".
std::string read_number(std::string_view digits) {
  auto from = raw(digits);
  byte_reader reader{from};
  auto x = reader.number();
  return reader.failed() ? "failed"
                         : std::to_string(x) + " " + to_hex(reader.rest());
}

} // namespace

BOOST_AUTO_TEST_SUITE(byte_stream_tests)

BOOST_AUTO_TEST_CASE(numbers_have_seven_bits_per_byte_lowest_first) {
  BOOST_TEST(number_of(0) == "00");
  BOOST_TEST(number_of(127) == "7f");
  BOOST_TEST(number_of(128) == "8001");
  BOOST_TEST(number_of(300) == "ac02");
  BOOST_TEST(number_of(16383) == "ff7f");
  BOOST_TEST(number_of(16384) == "808001");
  BOOST_TEST(number_of(~std::uint64_t{0}) == "ffffffffffffffffff01");
}

BOOST_AUTO_TEST_CASE(numbers_are_read_as_they_were_written) {
  BOOST_TEST(read_number("00aa") == "0 aa");
  BOOST_TEST(read_number("7f") == "127 ");
  BOOST_TEST(read_number("8001bb") == "128 bb");
  BOOST_TEST(read_number("808001") == "16384 ");
  BOOST_TEST(read_number("80808080808080808001") == "9223372036854775808 ");
  BOOST_TEST(read_number("ffffffffffffffffff01") == "18446744073709551615 ");
}

BOOST_AUTO_TEST_CASE(numbers_of_more_than_64_bits_are_malformed) {
  BOOST_TEST(read_number("ffffffffffffffffff02") == "failed");
  BOOST_TEST(read_number("ffffffffffffffffff03") == "failed");
  BOOST_TEST(read_number("ffffffffffffffffff8001") == "failed");
  BOOST_TEST(read_number("ffffffffffffffffff8101") == "failed");
}

BOOST_AUTO_TEST_CASE(numbers_with_needless_bytes_or_cut_off_are_malformed) {
  BOOST_TEST(read_number("8000") == "failed");
  BOOST_TEST(read_number("ff00") == "failed");
  BOOST_TEST(read_number("80808000") == "failed");
  BOOST_TEST(read_number("") == "failed");
  BOOST_TEST(read_number("80") == "failed");
  BOOST_TEST(read_number("ffff") == "failed");
}

BOOST_AUTO_TEST_CASE(fixed_numbers_are_eight_bytes_big_endian) {
  bytes out;
  append_fixed(out, 0x0102030405060708);
  BOOST_TEST(to_hex(out) == "0102030405060708");
  byte_reader reader{out};
  BOOST_TEST(reader.fixed() == 0x0102030405060708u);
  BOOST_TEST(reader.at_end());
  BOOST_TEST(!reader.failed());
  out.pop_back();
  byte_reader cut_off{out};
  BOOST_TEST(cut_off.fixed() == 0u);
  BOOST_TEST(cut_off.failed());
}

BOOST_AUTO_TEST_CASE(runs_are_a_size_and_as_many_bytes) {
  bytes out;
  append_run(out, byte_view{"ab"});
  append_run(out, {});
  BOOST_TEST(to_hex(out) == "02616200");
  byte_reader reader{out};
  BOOST_TEST(to_hex(reader.run()) == "6162");
  BOOST_TEST(reader.run().empty());
  BOOST_TEST(reader.at_end());
  BOOST_TEST(!reader.failed());
  auto too_long = raw("03616200"); // the length of the rest is 3
  byte_reader exact{too_long};
  BOOST_TEST(to_hex(exact.run()) == "616200");
  BOOST_TEST(!exact.failed());
  too_long[0] = 4;
  byte_reader beyond{too_long};
  BOOST_TEST(beyond.run().empty());
  BOOST_TEST(beyond.failed());
}

BOOST_AUTO_TEST_CASE(all_values_after_a_malformed_one_are_zero_or_empty) {
  auto from = raw("80000102030405060708090a0b0c0d0e0f");
  byte_reader reader{from};
  BOOST_TEST(reader.number() == 0u);
  BOOST_TEST(reader.failed());
  BOOST_TEST(reader.at_end());
  BOOST_TEST(reader.octet() == 0);
  BOOST_TEST(reader.fixed() == 0u);
  BOOST_TEST(reader.number() == 0u);
  BOOST_TEST(reader.run().empty());
  BOOST_TEST(reader.rest().empty());
  BOOST_TEST(reader.failed());
}

BOOST_AUTO_TEST_CASE(parts_are_taken_in_order) {
  auto from = raw("0102030405");
  byte_reader reader{from};
  BOOST_TEST(reader.octet() == 1);
  BOOST_TEST(to_hex(reader.take(2)) == "0203");
  BOOST_TEST(to_hex(reader.rest()) == "0405");
  BOOST_TEST(to_hex(reader.take(2)) == "0405");
  BOOST_TEST(!reader.failed());
  BOOST_TEST(reader.take(1).empty());
  BOOST_TEST(reader.failed());
}

BOOST_AUTO_TEST_SUITE_END()
