#include "actors/core/link/envelope_reader.hpp"

#include <random>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/encoded_messages.hpp"

using namespace cafmesh;
using namespace cafmesh::test;
using wire::message_tag;

// A reader remembers the latest message. These tests check that it reads every
// message as if it were the first.

namespace {

template <class T>
const T& one_of(const std::vector<T>& xs, std::mt19937& rng) {
  return xs[rng() % xs.size()];
}

// Chooses from few values, so that many messages begin like the previous one.
bytes random_message(name_flavour flavour, std::mt19937& rng) {
  const std::vector<std::string> channels{"", "ch", "hc", std::string(90, 'x'),
                                          std::string(300, 'y')};
  const std::vector<peer_name> names{
    peer_name::unknown(flavour),
    *peer_name::from_bytes(bytes(name_size(flavour), 1), flavour),
    *peer_name::from_bytes(bytes(name_size(flavour), 2), flavour)};
  const auto tag = one_of<message_tag>(
    {message_tag::gossip, message_tag::unicast, message_tag::broadcast}, rng);
  bytes result;
  append_message(tag, one_of(channels, rng), one_of(names, rng),
                 one_of(names, rng),
                 bytes(one_of<std::size_t>({0, 1, 3, 200}, rng),
                       static_cast<std::uint8_t>(rng() % 2)),
                 result);
  return result;
}

void check(envelope_reader& reader, name_flavour flavour,
           const bytes& message) {
  wire::envelope expected;
  const auto is_read =
    wire::read_envelope(static_cast<message_tag>(message[0]),
                        byte_view{message}.sub(1), flavour, expected);
  wire::envelope found;
  BOOST_TEST_REQUIRE(reader.read(message, found) == is_read);
  if (!is_read)
    return;
  BOOST_TEST(found.channel == expected.channel);
  BOOST_TEST((found.source == expected.source));
  BOOST_TEST((found.destination == expected.destination));
  BOOST_TEST((found.data == expected.data));
  BOOST_TEST(found.data.end() == message.data() + message.size());
}

} // namespace

BOOST_AUTO_TEST_SUITE(envelope_reader_tests)

BOOST_AUTO_TEST_CASE(messages_are_read_whatever_came_before) {
  std::mt19937 rng{1};
  for (auto flavour : all_name_flavours) {
    envelope_reader reader{flavour};
    for (int i = 0; i < 5000; ++i) {
      const auto message = random_message(flavour, rng);
      const auto again = message;
      check(reader, flavour, message);
      check(reader, flavour, again);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_message_that_differs_in_any_byte_is_read_anew) {
  bytes message;
  const auto name = peer_name::from_number(0x0e77e88e2c79);
  append_message(message_tag::unicast, "ch", name, name, bytes{1, 2, 3},
                 message);
  for (std::size_t i = 0; i < message.size(); ++i)
    for (unsigned change = 1; change < 256; ++change) {
      envelope_reader reader{name_flavour::mac};
      check(reader, name_flavour::mac, message);
      auto other = message;
      other[i] = static_cast<std::uint8_t>(other[i] ^ change);
      check(reader, name_flavour::mac, other);
      check(reader, name_flavour::mac, message);
    }
}

BOOST_AUTO_TEST_CASE(a_message_that_is_cut_or_too_long_is_not_read) {
  bytes message;
  const auto name = peer_name::from_number(7);
  append_message(message_tag::gossip, "ch", name, name, bytes{}, message);
  envelope_reader reader{name_flavour::mac};
  check(reader, name_flavour::mac, message);
  auto longer = message;
  longer.push_back(0);
  check(reader, name_flavour::mac, longer);
  for (auto size = message.size() - 1; size > 0; --size)
    check(reader, name_flavour::mac,
          byte_view{message}.sub(0, size).to_bytes());
}

BOOST_AUTO_TEST_SUITE_END()
