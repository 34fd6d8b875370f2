#include "messages/wire/envelope.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/encoded_messages.hpp"
#include "tests/support/hex.hpp"

using namespace cafmesh;
using namespace cafmesh::wire;
using namespace cafmesh::test;

namespace {

constexpr auto gossip_tags = {message_tag::gossip, message_tag::unicast,
                              message_tag::broadcast};

const auto mac_name = peer_name::from_number(0x0e77e88e2c79);
const auto hash_name =
  *peer_name::parse("0123456789abcdeffedcba9876543210", name_flavour::hash);

const bytes data = {1, 2, 3};

bytes message(message_tag tag, peer_name name) {
  bytes out;
  append_message(tag, "ch", name, name, data, out);
  return out;
}

bool reads(message_tag tag, byte_view payload,
           name_flavour flavour = name_flavour::mac) {
  envelope out;
  return read_envelope(tag, payload, flavour, out);
}

} // namespace

BOOST_AUTO_TEST_SUITE(envelope_tests)

BOOST_AUTO_TEST_CASE(a_written_message_is_read_back) {
  for (auto tag : gossip_tags)
    for (auto name : {mac_name, hash_name}) {
      auto input = message(tag, name);
      BOOST_TEST(input[0] == static_cast<int>(tag));
      envelope out;
      BOOST_REQUIRE(
        read_envelope(tag, byte_view{input}.sub(1), name.flavour(), out));
      BOOST_TEST(out.channel == "ch");
      BOOST_TEST((out.source == name));
      BOOST_TEST((out.data == byte_view{data}));
      auto to =
        tag == message_tag::unicast ? name : peer_name::unknown(name.flavour());
      BOOST_TEST((out.destination == to));
    }
}

BOOST_AUTO_TEST_CASE(the_size_is_known_before_writing) {
  for (auto tag : gossip_tags)
    for (auto name : {mac_name, hash_name, peer_name{},
                      peer_name::unknown(name_flavour::hash)})
      for (std::size_t size : {0, 124, 125, 126, 127, 128, 70000}) {
        bytes out;
        std::string channel(size % 300, 'c');
        append_message(tag, channel, name, name, bytes(size), out);
        BOOST_TEST(out.size() == message_size(tag, channel, name, name, size));
      }
}

BOOST_AUTO_TEST_CASE(views_point_into_the_message) {
  auto input = message(message_tag::broadcast, mac_name);
  envelope out;
  BOOST_REQUIRE(read_envelope(message_tag::broadcast, byte_view{input}.sub(1),
                              name_flavour::mac, out));
  BOOST_TEST((out.data.end() == input.data() + input.size()));
}

BOOST_AUTO_TEST_CASE(a_message_truncated_anywhere_does_not_decode) {
  for (auto tag : gossip_tags)
    for (auto name : {mac_name, hash_name}) {
      auto whole = message(tag, name);
      auto payload = byte_view{whole}.sub(1);
      for (std::size_t size = 0; size < payload.size(); ++size)
        BOOST_TEST(!reads(tag, payload.sub(0, size), name.flavour()));
    }
}

BOOST_AUTO_TEST_CASE(bytes_after_the_data_are_an_error) {
  auto input = message(message_tag::gossip, mac_name);
  input.push_back(0);
  BOOST_TEST(!reads(message_tag::gossip, byte_view{input}.sub(1)));
}

BOOST_AUTO_TEST_CASE(a_unicast_is_not_a_broadcast) {
  auto unicast = message(message_tag::unicast, mac_name);
  auto broadcast = message(message_tag::broadcast, mac_name);
  BOOST_TEST(!reads(message_tag::broadcast, byte_view{unicast}.sub(1)));
  BOOST_TEST(!reads(message_tag::unicast, byte_view{broadcast}.sub(1)));
}

BOOST_AUTO_TEST_CASE(names_of_the_other_flavour_do_not_decode) {
  auto input = message(message_tag::gossip, mac_name);
  BOOST_TEST(
    !reads(message_tag::gossip, byte_view{input}.sub(1), name_flavour::hash));
}

BOOST_AUTO_TEST_CASE(a_mac_name_has_48_bits) {
  BOOST_TEST(reads(message_tag::gossip,
                   hex("040c000178 090600faffffffffffff 040a000152")));
  BOOST_TEST(!reads(message_tag::gossip,
                    hex("040c000178 0a0600f901000000000000 040a000152")));
}

BOOST_AUTO_TEST_CASE(a_hash_name_is_32_digits_or_nothing) {
  BOOST_TEST(reads(message_tag::gossip, hex("040c000178 030c0000 040a000152"),
                   name_flavour::hash));
  BOOST_TEST(!reads(message_tag::gossip,
                    hex("040c000178 050c00023031 040a000152"),
                    name_flavour::hash));
}

BOOST_AUTO_TEST_CASE(type_definitions_are_tolerated) {
  BOOST_TEST(reads(message_tag::gossip,
                   hex("040c000178 0eff81040102ff8200010c010c0000 03060005 "
                       "040a000152")));
}

BOOST_AUTO_TEST_SUITE_END()
