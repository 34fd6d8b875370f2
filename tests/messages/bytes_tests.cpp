#include <cafmesh/bytes.hpp>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

BOOST_AUTO_TEST_SUITE(bytes_tests)

BOOST_AUTO_TEST_CASE(hex_digits_round_trip) {
  bytes out;
  BOOST_TEST(from_hex("00ff7f80", out));
  BOOST_TEST((out == bytes{0x00, 0xff, 0x7f, 0x80}));
  BOOST_TEST(to_hex(out) == "00ff7f80");
}

BOOST_AUTO_TEST_CASE(upper_case_digits_are_read_and_lower_case_is_written) {
  bytes out;
  BOOST_TEST(from_hex("ABCDEF", out));
  BOOST_TEST(to_hex(out) == "abcdef");
}

BOOST_AUTO_TEST_CASE(bad_digits_leave_the_output_untouched) {
  bytes out{1, 2};
  for (auto text : {"0", "0g", "g0", "00 0", "/0", ":0", "@0", "`0"})
    BOOST_TEST(!from_hex(text, out), text);
  BOOST_TEST((out == bytes{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_fixed_size_takes_exactly_that_many_digits) {
  std::uint8_t out[2] = {};
  BOOST_TEST(from_hex("0102", out, 2));
  BOOST_TEST(out[1] == 2);
  BOOST_TEST(!from_hex("01", out, 2));
  BOOST_TEST(!from_hex("01020", out, 2));
  BOOST_TEST(!from_hex("010203", out, 2));
}

BOOST_AUTO_TEST_CASE(views_are_equal_when_their_bytes_are) {
  bytes x{1, 2, 3};
  bytes y{1, 2, 3, 4};
  BOOST_TEST((byte_view{x} == byte_view{y}.sub(0, 3)));
  BOOST_TEST((byte_view{x} != byte_view{y}));
  BOOST_TEST((byte_view{x} != byte_view{y}.sub(1)));
  BOOST_TEST((byte_view{} == byte_view{x}.sub(3)));
}

BOOST_AUTO_TEST_CASE(a_part_of_a_view_ends_no_later_than_the_view) {
  bytes x{1, 2, 3};
  BOOST_TEST(byte_view{x}.sub(1, 9).size() == 2u);
  BOOST_TEST(byte_view{x}.sub(3).empty());
}

BOOST_AUTO_TEST_SUITE_END()
