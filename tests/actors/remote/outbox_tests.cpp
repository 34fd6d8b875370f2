#include "actors/remote/outbox.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

// Tests of what waits to be sent to another node.
namespace {

constexpr std::size_t window = 1024 * 1024;

outgoing_item message(std::uint64_t cost) {
  outgoing_item result;
  result.cost = {cost, false};
  return result;
}

struct fixture {
  // The number of messages of this cost after which the postman is told.
  int pushed_until_full(std::uint64_t cost) {
    for (int i = 1;; ++i)
      if (box.push_data(message(cost), window) == outbox::pushed::fills_packet)
        return i;
  }

  outbox box{caf::node_id{}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(outbox_tests, fixture)

BOOST_AUTO_TEST_CASE(each_packet_that_is_full_is_reported_once) {
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(pushed_until_full(1024) == 32);
  BOOST_TEST(box.size() == 96u);
}

BOOST_AUTO_TEST_CASE(a_packet_begins_when_the_items_were_taken) {
  box.push_data(message(20 * 1024), window);
  BOOST_TEST(box.take().size() == 1u);
  BOOST_TEST(pushed_until_full(1024) == 32);
}

BOOST_AUTO_TEST_CASE(a_message_beyond_the_window_is_refused) {
  BOOST_CHECK(box.push_data(message(2 * window), window)
              == outbox::pushed::fills_packet);
  BOOST_CHECK(box.push_data(message(1), window) == outbox::pushed::refused);
  BOOST_TEST(box.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
