#include <boost/test/unit_test.hpp>

#include "actors/core/link/buffer_pool.hpp"
#include <cafmesh/payload.hpp>

using namespace cafmesh;

namespace {

constexpr std::size_t large = 64 * 1024;

struct fixture {
  fixture() {
    take_until_kept();
  }

  void take_until_kept() {
    for (std::size_t i = 0; i < buffer_pool::not_kept; ++i)
      pool.take(large);
  }

  const std::uint8_t* address_of_next(std::size_t size) {
    return pool.take(size)->data();
  }

  buffer_pool pool;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(buffer_pool_tests, fixture)

BOOST_AUTO_TEST_CASE(a_block_is_as_large_as_asked_for) {
  for (auto size : {std::size_t{0}, std::size_t{1}, large, large + 1})
    BOOST_TEST(pool.take(size)->size() >= size);
}

BOOST_AUTO_TEST_CASE(a_released_block_is_used_again) {
  const auto* first = address_of_next(large);
  BOOST_TEST(address_of_next(large) == first);
  BOOST_TEST(address_of_next(large / 2) == first);
  BOOST_TEST(pool.size() == large);
}

BOOST_AUTO_TEST_CASE(the_first_blocks_are_not_kept) {
  for (int i = 0; i < 2; ++i) {
    pool.clear();
    take_until_kept();
    BOOST_TEST(pool.size() == 0u);
    pool.take(large);
    BOOST_TEST(pool.size() == large);
  }
}

BOOST_AUTO_TEST_CASE(a_forgotten_block_is_not_kept) {
  auto kept = pool.take(large);
  auto other = pool.take(large);
  pool.forget(pool.take(buffer_pool::least_size - 1));
  BOOST_TEST(pool.size() == 2 * large);
  pool.forget(kept);
  BOOST_TEST(pool.size() == large);
  kept.reset();
  BOOST_TEST(address_of_next(large) != other->data());
}

BOOST_AUTO_TEST_CASE(a_block_in_use_is_not_handed_out) {
  auto kept = pool.take(large);
  auto* address = kept->data();
  auto part = payload{std::move(kept), large}.slice(10, 1);
  BOOST_TEST(address_of_next(large) != address);
  part = {};
  BOOST_TEST(address_of_next(large) == address);
}

BOOST_AUTO_TEST_CASE(a_block_far_too_large_is_not_used) {
  address_of_next(large * 8);
  BOOST_TEST(pool.take(large)->size() < large * 8);
}

BOOST_AUTO_TEST_CASE(small_blocks_are_not_kept) {
  address_of_next(buffer_pool::least_size - 1);
  BOOST_TEST(pool.size() == 0u);
}

BOOST_AUTO_TEST_CASE(the_pool_never_keeps_more_than_its_capacity) {
  std::vector<std::shared_ptr<bytes>> in_use;
  for (int i = 0; i < 20; ++i) {
    in_use.push_back(pool.take(buffer_pool::capacity / 8));
    BOOST_TEST(pool.size() <= buffer_pool::capacity);
  }
  BOOST_TEST(pool.take(buffer_pool::capacity + 1)->size()
             == buffer_pool::capacity + 1);
}

BOOST_AUTO_TEST_CASE(free_blocks_are_dropped_for_one_that_fits) {
  address_of_next(buffer_pool::capacity);
  const auto* smaller = address_of_next(large);
  BOOST_TEST(address_of_next(large) == smaller);
  BOOST_TEST(pool.size() == large);
}

BOOST_AUTO_TEST_CASE(blocks_in_use_are_not_dropped_for_another_one) {
  auto in_use = pool.take(buffer_pool::capacity);
  pool.take(large);
  BOOST_TEST(pool.size() == buffer_pool::capacity);
}

BOOST_AUTO_TEST_CASE(a_cleared_pool_is_empty_and_blocks_in_use_stay_valid) {
  auto in_use = pool.take(large);
  (*in_use)[0] = 7;
  pool.clear();
  BOOST_TEST(pool.size() == 0u);
  BOOST_TEST((*in_use)[0] == 7);
}

BOOST_AUTO_TEST_CASE(a_block_that_fills_the_pool_exactly_leaves_the_others) {
  address_of_next(large);
  address_of_next(buffer_pool::capacity - large);
  BOOST_TEST(pool.size() == buffer_pool::capacity);
}

BOOST_AUTO_TEST_SUITE_END()
