#include "messages/wire/frame.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/wire/gob.hpp"
#include "tests/support/hex.hpp"

using namespace cafmesh;
using namespace cafmesh::wire;
using cafmesh::test::hex;

namespace {

constexpr auto framings = {framing::gob, framing::length_prefix};

bytes frame(framing kind, std::size_t size) {
  bytes out;
  append_frame_header(kind, size, out);
  out.insert(out.end(), size, 0x5a);
  return out;
}

frame_status status_of(framing kind, byte_view input,
                       std::size_t limit = max_frame_size) {
  return scan_frame(kind, input, limit).status;
}

} // namespace

BOOST_AUTO_TEST_SUITE(frame_tests)

BOOST_AUTO_TEST_CASE(a_frame_round_trips) {
  for (auto kind : framings)
    for (std::size_t size : {0, 1, 124, 125, 128, 255, 256, 70000}) {
      auto input = frame(kind, size);
      auto found = scan_frame(kind, input, max_frame_size);
      BOOST_TEST((found.status == frame_status::complete));
      BOOST_TEST(found.consumed == input.size());
      BOOST_TEST((found.content == byte_view{bytes(size, 0x5a)}));
    }
}

BOOST_AUTO_TEST_CASE(frames_are_found_one_by_one) {
  for (auto kind : framings) {
    auto input = frame(kind, 3);
    auto first_size = input.size();
    auto second = frame(kind, 200);
    input.insert(input.end(), second.begin(), second.end());
    auto found = scan_frame(kind, input, max_frame_size);
    BOOST_TEST(found.consumed == first_size);
    found = scan_frame(kind, byte_view{input}.sub(first_size), max_frame_size);
    BOOST_TEST(found.content.size() == 200u);
  }
}

BOOST_AUTO_TEST_CASE(a_frame_truncated_anywhere_is_incomplete) {
  for (auto kind : framings) {
    auto whole = frame(kind, 300);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      auto found = scan_frame(kind, {whole.data(), size}, max_frame_size);
      BOOST_TEST((found.status == frame_status::incomplete));
      BOOST_TEST(found.consumed == 0u);
      BOOST_TEST((found.needed == 0 || found.needed == whole.size()));
      if (size >= 4)
        BOOST_TEST(found.needed == whole.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_frame_at_the_limit_is_accepted_and_a_longer_one_is_not) {
  for (auto kind : framings) {
    BOOST_TEST(
      (status_of(kind, frame(kind, 1000), 1000) == frame_status::complete));
    BOOST_TEST(
      (status_of(kind, frame(kind, 1001), 1000) == frame_status::too_large));
  }
}

BOOST_AUTO_TEST_CASE(an_oversized_frame_is_an_error_before_it_arrives) {
  for (auto kind : framings) {
    bytes header;
    append_frame_header(kind, max_frame_size + 1, header);
    BOOST_TEST((status_of(kind, header) == frame_status::too_large));
    header.clear();
    append_frame_header(kind, max_frame_size, header);
    BOOST_TEST((status_of(kind, header) == frame_status::incomplete));
  }
}

BOOST_AUTO_TEST_CASE(an_outer_length_far_above_the_limit_is_refused_at_once) {
  BOOST_TEST((status_of(framing::gob, hex("f8ffffffffffffffff"))
              == frame_status::too_large));
  BOOST_TEST(
    (status_of(framing::gob, hex("fc10000000")) == frame_status::too_large));
  BOOST_TEST((status_of(framing::length_prefix, hex("ffffffff"))
              == frame_status::too_large));
}

BOOST_AUTO_TEST_CASE(definitions_before_a_gob_frame_belong_to_it) {
  auto input = hex("0eff81040102ff8200010c010c0000 040a000152 aa");
  auto found = scan_frame(framing::gob, input, max_frame_size);
  BOOST_TEST((found.status == frame_status::complete));
  BOOST_TEST(found.consumed == input.size() - 1);
  BOOST_TEST(to_hex(found.content) == "52");
  BOOST_TEST((status_of(framing::gob, byte_view{input}.sub(0, 17))
              == frame_status::incomplete));
}

BOOST_AUTO_TEST_CASE(endless_definitions_are_an_error) {
  bytes input;
  while (input.size() < 70000) {
    auto definition = hex("03 ff81 00");
    input.insert(input.end(), definition.begin(), definition.end());
  }
  BOOST_TEST((status_of(framing::gob, input) == frame_status::too_large));
  BOOST_TEST(
    (status_of(framing::gob, hex("fd100000 ff81")) == frame_status::too_large));
}

BOOST_AUTO_TEST_CASE(a_gob_frame_is_a_byte_slice_and_nothing_else) {
  for (auto digits : {"040c000161", "040a010152", "050a00015200", "040a000252",
                      "80", "00", "020a00"})
    BOOST_TEST(
      (status_of(framing::gob, hex(digits)) == frame_status::malformed),
      digits);
}

BOOST_AUTO_TEST_SUITE_END()
