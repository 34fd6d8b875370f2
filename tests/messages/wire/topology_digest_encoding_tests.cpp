#include "messages/wire/topology_digest.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/wire/topology_update.hpp"

using namespace cafmesh;
using namespace cafmesh::wire;

// Tests that a reader can tell messages about digests from topology updates.
BOOST_AUTO_TEST_SUITE(topology_digest_encoding_tests)

BOOST_AUTO_TEST_CASE(an_update_is_told_from_the_other_messages) {
  BOOST_TEST((kind_of_topology_message({}) == topology_message::update));
  BOOST_TEST((kind_of_topology_message(topology_definitions())
              == topology_message::update));
}

BOOST_AUTO_TEST_CASE(an_outline_comes_back_from_its_message) {
  bytes outline{2, 3, 4};
  auto message = outline_message(byte_view{outline});
  BOOST_TEST(
    (kind_of_topology_message(message.view()) == topology_message::outline));
  BOOST_TEST((outline_in(message.view()).to_bytes() == outline));
  BOOST_TEST((kind_of_topology_message(end_of_answer().view())
              == topology_message::end_of_answer));
}

// A gob stream begins with a length. The length is either one byte below 0x80,
// or a byte from 0xf8 to 0xff that is followed by others. So all other first
// bytes mark messages about digests.
BOOST_AUTO_TEST_CASE(only_bytes_with_which_no_gob_stream_begins_are_marks) {
  for (unsigned x = 0; x < 256; ++x) {
    bytes message{static_cast<std::uint8_t>(x)};
    auto is_update =
      kind_of_topology_message(byte_view{message}) == topology_message::update;
    BOOST_TEST(is_update == (x < 0x80 || x > 0xf7));
  }
}

BOOST_AUTO_TEST_SUITE_END()
