#include <boost/test/unit_test.hpp>

#include "actors/core/link/buffer_pool.hpp"
#include <cafmesh/payload.hpp>

using namespace cafmesh;

namespace {

constexpr std::size_t large = 64 * 1024;

struct fixture {
  fixture() {
    ask_until_kept();
  }

  void ask_until_kept() {
    for (std::size_t i = 0; i < buffer_pool::seldom; ++i)
      shelf.take(large);
  }

  // Where a block is, without holding it.
  const std::uint8_t* address_of_next(std::size_t size) {
    return shelf.take(size)->data();
  }

  buffer_pool shelf;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(buffer_pool_tests, fixture)

BOOST_AUTO_TEST_CASE(a_block_is_as_large_as_asked_for) {
  for (auto size : {std::size_t{0}, std::size_t{1}, large, large + 1})
    BOOST_TEST(shelf.take(size)->size() >= size);
}

BOOST_AUTO_TEST_CASE(a_block_that_was_let_go_of_is_used_again) {
  const auto* first = address_of_next(large);
  BOOST_TEST(address_of_next(large) == first);
  BOOST_TEST(address_of_next(large / 2) == first);
  BOOST_TEST(shelf.size() == large);
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_seldom_is_not_kept) {
  for (int i = 0; i < 2; ++i) {
    shelf.clear();
    ask_until_kept();
    BOOST_TEST(shelf.size() == 0u);
    shelf.take(large);
    BOOST_TEST(shelf.size() == large);
  }
}

BOOST_AUTO_TEST_CASE(a_block_to_be_forgotten_is_no_longer_kept) {
  auto kept = shelf.take(large);
  auto other = shelf.take(large);
  shelf.forget(shelf.take(buffer_pool::least_size - 1));
  BOOST_TEST(shelf.size() == 2 * large);
  shelf.forget(kept);
  BOOST_TEST(shelf.size() == large);
  kept.reset();
  BOOST_TEST(address_of_next(large) != other->data());
}

BOOST_AUTO_TEST_CASE(a_block_in_use_is_left_alone) {
  auto kept = shelf.take(large);
  auto* address = kept->data();
  auto part = payload{std::move(kept), large}.slice(10, 1);
  BOOST_TEST(address_of_next(large) != address);
  part = {};
  BOOST_TEST(address_of_next(large) == address);
}

BOOST_AUTO_TEST_CASE(little_is_not_put_into_a_block_far_too_large) {
  address_of_next(large * 8);
  BOOST_TEST(shelf.take(large)->size() < large * 8);
}

BOOST_AUTO_TEST_CASE(small_blocks_are_not_kept) {
  address_of_next(buffer_pool::least_size - 1);
  BOOST_TEST(shelf.size() == 0u);
}

BOOST_AUTO_TEST_CASE(the_shelf_never_holds_more_than_its_capacity) {
  std::vector<std::shared_ptr<bytes>> in_use;
  for (int i = 0; i < 20; ++i) {
    in_use.push_back(shelf.take(buffer_pool::capacity / 8));
    BOOST_TEST(shelf.size() <= buffer_pool::capacity);
  }
  BOOST_TEST(shelf.take(buffer_pool::capacity + 1)->size()
             == buffer_pool::capacity + 1);
}

BOOST_AUTO_TEST_CASE(free_blocks_make_room_for_one_that_fits) {
  address_of_next(buffer_pool::capacity);
  const auto* smaller = address_of_next(large);
  BOOST_TEST(address_of_next(large) == smaller);
}

BOOST_AUTO_TEST_CASE(a_cleared_shelf_holds_nothing_and_takes_nothing_away) {
  auto in_use = shelf.take(large);
  (*in_use)[0] = 7;
  shelf.clear();
  BOOST_TEST(shelf.size() == 0u);
  BOOST_TEST((*in_use)[0] == 7);
}

BOOST_AUTO_TEST_SUITE_END()
