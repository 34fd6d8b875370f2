#include "messages/wire/gob.hpp"

#include <initializer_list>

#include <boost/test/unit_test.hpp>

#include "tests/support/encoded_messages.hpp"
#include "tests/support/hex.hpp"

using namespace cafmesh;
using namespace cafmesh::wire;
using namespace cafmesh::test;

namespace {

std::string written(std::uint64_t x) {
  bytes out;
  append_gob_uint(out, x);
  return to_hex(out);
}

std::string written_signed(std::int64_t x) {
  bytes out;
  append_gob_int(out, x);
  return to_hex(out);
}

struct reading {
  explicit reading(std::string_view digits) : input(hex(digits)), in(input) {
  }
  bytes input;
  gob_cursor in;
};

} // namespace

BOOST_AUTO_TEST_SUITE(gob_tests)

BOOST_AUTO_TEST_CASE(numbers_take_as_few_bytes_as_they_need) {
  BOOST_TEST(written(0) == "00");
  BOOST_TEST(written(127) == "7f");
  BOOST_TEST(written(128) == "ff80");
  BOOST_TEST(written(256) == "fe0100");
  BOOST_TEST(written(UINT64_MAX) == "f8ffffffffffffffff");
}

BOOST_AUTO_TEST_CASE(the_sign_is_in_the_lowest_bit) {
  BOOST_TEST(written_signed(0) == "00");
  BOOST_TEST(written_signed(-1) == "01");
  BOOST_TEST(written_signed(65) == "ff82");
  BOOST_TEST(written_signed(-65) == "ff81");
  BOOST_TEST(written_signed(INT64_MIN) == "f8ffffffffffffffff");
}

BOOST_AUTO_TEST_CASE(numbers_round_trip) {
  for (int shift = 0; shift < 64; ++shift)
    for (std::uint64_t off : {0u, 1u, 2u}) {
      auto x = (std::uint64_t{1} << shift) - off;
      bytes out;
      append_gob_uint(out, x);
      BOOST_TEST(out.size() == gob_uint_size(x));
      append_gob_int(out, static_cast<std::int64_t>(x));
      gob_cursor in{out};
      BOOST_TEST(in.read_uint() == x);
      BOOST_TEST(in.read_int() == static_cast<std::int64_t>(x));
      BOOST_TEST((in.ok() && in.at_end()));
    }
}

BOOST_AUTO_TEST_CASE(a_number_of_more_than_eight_bytes_is_an_error) {
  for (auto digits : {"f7010203040506070809", "80", "9f00000000000000000000"}) {
    reading r{digits};
    BOOST_TEST(r.in.read_uint() == 0u, digits);
    BOOST_TEST(!r.in.ok(), digits);
  }
}

BOOST_AUTO_TEST_CASE(a_number_may_have_leading_zeros) {
  BOOST_TEST(reading{"f80000000000000005"}.in.read_uint() == 5u);
}

BOOST_AUTO_TEST_CASE(a_run_beyond_the_end_is_an_error) {
  for (auto digits : {"02 61", "f8ffffffffffffffff 61", "fe", ""}) {
    reading r{digits};
    BOOST_TEST(r.in.read_run().empty());
    BOOST_TEST(!r.in.ok(), digits);
  }
}

BOOST_AUTO_TEST_CASE(after_a_failure_every_read_fails) {
  reading r{"80 01 02"};
  r.in.read_uint();
  BOOST_TEST(!r.in.ok());
  BOOST_TEST(r.in.read_uint() == 0u);
  BOOST_TEST(r.in.read_raw(1).empty());
  BOOST_TEST(!r.in.ok());
}

BOOST_AUTO_TEST_CASE(top_level_values_are_whole_messages) {
  bytes out;
  append_gob_uint_message(out, 128);
  append_gob_text_message(out, "a");
  append_gob_bytes_message(out, hex("52"));
  BOOST_TEST(to_hex(out)
             == "040600ff80"
                "040c000161"
                "040a000152");
}

BOOST_AUTO_TEST_CASE(a_header_is_a_message_without_its_bytes) {
  for (std::size_t size : {0, 1, 124, 125, 127, 128, 300, 70000}) {
    bytes whole;
    append_gob_bytes_message(whole, bytes(size, 7));
    bytes header;
    append_gob_bytes_message_header(header, size);
    BOOST_TEST((byte_view{whole}.sub(0, header.size()) == byte_view{header}));
    BOOST_TEST(whole.size() == header.size() + size);
  }
}

BOOST_AUTO_TEST_CASE(messages_are_taken_one_by_one) {
  auto stream = hex("040c000161 040a000152");
  byte_view rest{stream};
  gob_message message;
  BOOST_TEST((take_gob_message(rest, message) == gob_status::complete));
  BOOST_TEST(message.type == 6);
  BOOST_TEST(to_hex(message.body) == "000161");
  BOOST_TEST((take_gob_message(rest, message) == gob_status::complete));
  BOOST_TEST((take_gob_message(rest, message) == gob_status::end));
}

BOOST_AUTO_TEST_CASE(a_message_truncated_anywhere_is_incomplete) {
  auto whole = hex("fe0084 0a00" + std::string(260, '7'));
  for (std::size_t size = 1; size < whole.size(); ++size) {
    byte_view rest{whole.data(), size};
    gob_message message;
    BOOST_TEST((take_gob_message(rest, message) == gob_status::incomplete));
    BOOST_TEST(rest.size() == size);
  }
}

BOOST_AUTO_TEST_CASE(a_message_without_a_type_is_malformed) {
  for (auto digits : {"00", "0100", "01ff", "80"}) {
    auto input = hex(digits);
    byte_view rest{input};
    gob_message message;
    BOOST_TEST((take_gob_message(rest, message) == gob_status::malformed));
  }
}

BOOST_AUTO_TEST_CASE(definitions_before_a_builtin_value_are_skipped) {
  auto stream = hex("0eff81040102ff8200010c010c0000 040c000161");
  byte_view rest{stream};
  auto in = take_gob_value(rest, gob_type::text);
  BOOST_TEST(in.read_run().as_text() == "a");
  BOOST_TEST((in.ok() && in.at_end() && rest.empty()));
}

BOOST_AUTO_TEST_CASE(a_value_of_another_type_is_not_taken) {
  for (auto digits : {"040a000161", "040c010161", "03ff8200", ""}) {
    auto stream = hex(digits);
    byte_view rest{stream};
    BOOST_TEST(!take_gob_value(rest, gob_type::text).ok(), digits);
  }
}

BOOST_AUTO_TEST_CASE(a_value_is_read_however_its_length_is_encoded) {
  for (std::size_t size : {0, 1, 2, 3, 50, 0x7c, 0x7d, 0x7e, 0x7f, 0x80, 300}) {
    bytes text;
    append_gob_text_message(text, std::string(size, 'x'));
    gob_cursor in{text};
    in.read_uint();
    const auto inside = byte_view{text}.sub(in.position());
    auto padded = hex("fe");
    padded.push_back(static_cast<std::uint8_t>(inside.size() >> 8));
    padded.push_back(static_cast<std::uint8_t>(inside.size()));
    padded.insert(padded.end(), inside.begin(), inside.end());
    for (auto* message : {&text, &padded}) {
      message->push_back(7); // the next message
      byte_view rest{*message};
      auto value = take_gob_value(rest, gob_type::text);
      BOOST_TEST(value.read_run().size() == size);
      BOOST_TEST((value.ok() && value.at_end()), "size " << size);
      BOOST_TEST(rest.size() == 1u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_malformed_short_value_is_not_taken) {
  // Three messages that are too short for a value, one without the zero before
  // the value, one of another type, and two that are truncated.
  for (const auto* digits :
       {"00", "010c", "010c00", "020c01", "020500", "030c00", "0c"}) {
    const auto input = hex(digits);
    byte_view rest{input};
    auto value = take_gob_value(rest, gob_type::text);
    BOOST_TEST((!value.ok()), digits);
  }
}

BOOST_AUTO_TEST_CASE(fields_are_found_by_their_distances) {
  reading r{"01 02 00"};
  gob_fields fields{r.in, 3};
  BOOST_TEST((fields.next() && fields.index() == 0));
  BOOST_TEST((fields.next() && fields.index() == 2));
  BOOST_TEST(!fields.next());
  BOOST_TEST((r.in.ok() && r.in.at_end()));
}

BOOST_AUTO_TEST_CASE(a_field_that_the_type_does_not_have_is_an_error) {
  for (auto digits :
       {"04", "01 03", "f8ffffffffffffffff", "01 f8ffffffffffffffff"}) {
    reading r{digits};
    gob_fields fields{r.in, 3};
    while (fields.next())
      BOOST_TEST(fields.index() < 3u);
    BOOST_TEST(!r.in.ok(), digits);
  }
}

BOOST_AUTO_TEST_CASE(the_longest_start_of_a_message_fills_its_room) {
  bytes header;
  append_gob_bytes_message_header(header, std::size_t{1} << 62);
  BOOST_TEST(header.size() == max_gob_message_start);
}

BOOST_AUTO_TEST_SUITE_END()
