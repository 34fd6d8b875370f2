#include <string>

#include <boost/test/unit_test.hpp>

#include "actors/core/crdt/set_message.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/observed_remove_set.hpp>

using namespace cafmesh;

// Tests of the limits on one message of a set.
namespace {

using or_set = observed_remove_set;

// A message that covers the additions 1, 3, 5, … of a peer. Only the first
// `present` of their elements are still in the set.
payload scattered(std::size_t ranges, std::size_t present, std::size_t size) {
  set_message result;
  const std::string element(size, 'x');
  for (std::uint64_t i = 0; i < ranges; ++i) {
    result.add({peer_uid{1}, 2 * i + 1}, 2 * i + 1);
    if (i < present)
      result.add(2 * i + 1, element);
  }
  return result.finish();
}

void add(or_set& to, std::size_t size, peer_uid who) {
  std::string element(size, 'x');
  element[0] = static_cast<char>('a' + to.size());
  to.merge(*to.add(element, who));
}

} // namespace

BOOST_AUTO_TEST_SUITE(set_message_limit_tests)

BOOST_AUTO_TEST_CASE(ranges_and_elements_share_one_limit) {
  BOOST_TEST(!!or_set{}.decode(scattered(7'000, 0, 0).view()));
  BOOST_TEST(!!or_set{}.decode(scattered(7, 7, 50'000).view()));
  BOOST_TEST(is(or_set{}.decode(scattered(7'000, 7, 50'000).view()).error(),
                errc::too_large));
}

// All elements but the last one fill a message exactly.
BOOST_AUTO_TEST_CASE(the_largest_message_that_replicas_make_is_accepted) {
  or_set x;
  for (int i = 0; i < 7; ++i)
    add(x, 64 * 1024, peer_uid{1});
  const auto used =
    set_message::range_size + 7 * (set_message::number_size + 64 * 1024);
  add(x, 512 * 1024 - used - set_message::number_size, peer_uid{1});
  add(x, 64 * 1024, peer_uid{2});
  const auto messages = x.encode();
  BOOST_TEST_REQUIRE(messages.size() == 1u);
  or_set heard;
  const auto decoded = heard.decode(messages[0].view());
  BOOST_TEST_REQUIRE(!!decoded);
  heard.merge(*decoded);
  BOOST_TEST((heard == x));
}

BOOST_AUTO_TEST_SUITE_END()
