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

outgoing_item answer(std::uint64_t cost) {
  auto result = message(cost);
  result.label = data_label{data_label::what::answer, 1}.value();
  return result;
}

struct fixture {
  // The number of messages of this cost that must be added before the postman
  // is told.
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
  BOOST_TEST(box.take().items.size() == 1u);
  BOOST_TEST(pushed_until_full(1024) == 32);
}

BOOST_AUTO_TEST_CASE(a_message_beyond_the_window_is_refused) {
  BOOST_CHECK(box.push_data(message(2 * window), window)
              == outbox::pushed::fills_packet);
  BOOST_CHECK(box.push_data(message(1), window) == outbox::pushed::refused);
  BOOST_TEST(box.size() == 1u);
}

BOOST_AUTO_TEST_CASE(answers_to_all_nodes_share_a_limit) {
  auto all = std::make_shared<common_limit>(256 * 1024, 64 * 1024);
  outbox first{caf::node_id{}, all};
  outbox second{caf::node_id{}, all};
  const auto fill = [](outbox& x) {
    while (x.push_data(answer(4096), window) != outbox::pushed::refused)
      ;
    return x.memory() - x.size() * sizeof(outgoing_item);
  };
  const auto of_first = fill(first);
  BOOST_TEST(of_first > (128 + 64 - 16) * 1024u);
  BOOST_TEST(of_first <= (128 + 64) * 1024u);
  BOOST_TEST(fill(second) > 64 * 1024u);
  BOOST_TEST(fill(second) <= (64 + 64) * 1024u);
  BOOST_CHECK(first.push_data(message(4096), window)
              != outbox::pushed::refused);
  // Answers that were taken out of the box still count while they are in
  // flight.
  const auto free = all->free();
  first.put_back({first.take().items, {}});
  first.take();
  BOOST_TEST(all->free() == free);
  first.set_in_flight(of_first, 0, of_first);
  BOOST_TEST(all->free() == free);
  first.set_in_flight(0, 0, 0);
  second.take();
  second.set_in_flight(0, 0, 0);
  BOOST_TEST(all->free() == 256 * 1024u);
}

BOOST_AUTO_TEST_CASE(few_answers_leave_the_shared_limit_alone) {
  auto all = std::make_shared<common_limit>(256 * 1024, 64 * 1024);
  outbox some{caf::node_id{}, all};
  for (int i = 0; i < 16; ++i)
    some.push_data(answer(4096), window);
  BOOST_TEST(all->free() == 256 * 1024u);
}

BOOST_AUTO_TEST_CASE(lost_answers_are_taken_with_the_items) {
  box.push_lost({7, false});
  BOOST_TEST(!box.is_empty());
  box.put_back(box.take());
  auto taken = box.take();
  BOOST_TEST_REQUIRE(taken.lost.size() == 1u);
  BOOST_TEST(taken.lost.front().request == 7u);
  BOOST_TEST(box.is_empty());
}

BOOST_AUTO_TEST_SUITE_END()
