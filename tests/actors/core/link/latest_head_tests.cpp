#include "actors/core/link/latest_head.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/encoded_messages.hpp"

using namespace cafmesh;
using namespace cafmesh::test;
using wire::message_tag;

namespace {

const auto first_name = peer_name::from_number(1);
const auto other_name = peer_name::from_number(2);

outgoing message(message_tag tag, peer_name source, peer_name destination,
                 std::size_t size) {
  outgoing result;
  result.tag = tag;
  result.source = source;
  result.destination = destination;
  result.data = payload{bytes(size)};
  return result;
}

void check(latest_head& head, const std::string& channel, const outgoing& x) {
  bytes expected;
  wire::append_message_head(x.tag, channel, x.source, x.destination,
                            x.data.size(), expected);
  BOOST_TEST((head.of(channel, x) == byte_view{expected}));
}

} // namespace

BOOST_AUTO_TEST_SUITE(latest_head_tests)

BOOST_AUTO_TEST_CASE(a_message_that_differs_in_one_part_gets_its_own_head) {
  const std::string channel = "ch";
  const auto usual = message(message_tag::unicast, first_name, first_name, 64);
  const auto changed = {
    message(message_tag::broadcast, first_name, first_name, 64),
    message(message_tag::unicast, other_name, first_name, 64),
    message(message_tag::unicast, first_name, other_name, 64),
    message(message_tag::unicast, first_name, first_name, 65),
    message(message_tag::unicast, first_name, first_name, 0)};
  latest_head head;
  check(head, channel, usual);
  for (const auto& x : changed) {
    check(head, channel, usual);
    check(head, channel, usual);
    check(head, channel, x);
  }
  check(head, channel, usual);
  check(head, "hc", usual);
  check(head, channel, usual);
}

BOOST_AUTO_TEST_CASE(the_first_message_may_have_only_default_values) {
  latest_head head;
  check(head, "", outgoing{});
}

BOOST_AUTO_TEST_SUITE_END()
