#include "actors/core/limits/common_limit.hpp"

#include <deque>
#include <limits>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;

namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t most = std::numeric_limits<std::size_t>::max();

struct fixture {
  common_limit_ptr whole = std::make_shared<common_limit>(1024 * kib, 64 * kib);
  std::deque<holding> users;

  holding& user() {
    return users.emplace_back(whole);
  }
  holding& greedy() {
    auto& result = user();
    while (auto size = result.room(most))
      result.take(size);
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(common_limit_tests, fixture)

BOOST_AUTO_TEST_CASE(what_each_user_has_of_its_own_does_not_count) {
  for (int i = 0; i < 100; ++i) {
    user().take(64 * kib);
    BOOST_TEST_REQUIRE(whole->free() == 1024 * kib);
    BOOST_TEST_REQUIRE(users.back().excess() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(more_counts_in_steps_until_it_is_given_back) {
  auto& x = user();
  x.take(64 * kib + 1);
  BOOST_TEST(whole->free() == 1008 * kib);
  x.take(16 * kib - 1);
  BOOST_TEST(whole->free() == 1008 * kib);
  x.take(1);
  BOOST_TEST(whole->free() == 992 * kib);
  x.give_back(2 * kib);
  BOOST_TEST(whole->free() == 1008 * kib);
  x.set(200 * kib);
  BOOST_TEST(x.taken() == 200 * kib);
  BOOST_TEST(whole->free() == 880 * kib);
  x.set(0);
  BOOST_TEST(whole->free() == 1024 * kib);
}

BOOST_AUTO_TEST_CASE(a_user_that_ends_gives_everything_back) {
  user().take(500 * kib);
  users.clear();
  BOOST_TEST(whole->free() == 1024 * kib);
}

BOOST_AUTO_TEST_CASE(one_user_gets_half_of_the_limit) {
  auto& x = greedy();
  BOOST_TEST(x.taken() >= 560 * kib);
  BOOST_TEST(x.taken() <= 576 * kib);
  BOOST_TEST(x.excess() == 0u);
  x.take(32 * kib);
  BOOST_TEST(x.excess() >= 16 * kib);
  BOOST_TEST(x.excess() <= 32 * kib);
}

BOOST_AUTO_TEST_CASE(a_user_has_no_more_room_than_its_own_maximum) {
  auto& x = user();
  x.take(10 * kib);
  BOOST_TEST(x.room(30 * kib) == 20 * kib);
  BOOST_TEST(x.room(5 * kib) == 0u);
}

BOOST_AUTO_TEST_CASE(a_user_that_comes_late_has_bytes_of_its_own) {
  for (int i = 0; i < 1000; ++i)
    greedy();
  BOOST_TEST(user().room(most) >= 64 * kib);
  std::size_t all = 0;
  for (const auto& x : users)
    all += x.taken();
  BOOST_TEST(all <= 1024 * kib + users.size() * 64 * kib);
}

BOOST_AUTO_TEST_CASE(users_that_give_back_their_excess_get_equal_parts) {
  for (int i = 0; i < 15; ++i)
    user();
  for (int round = 0; round < 2000; ++round) {
    auto& x = users[static_cast<std::size_t>(round) % users.size()];
    x.take(60 * kib);
    while (auto size = x.excess())
      x.give_back(size);
  }
  for (const auto& x : users) {
    BOOST_TEST(x.taken() >= (64 + 32) * kib);
    BOOST_TEST(x.taken() <= (64 + 128) * kib);
  }
}

BOOST_AUTO_TEST_CASE(without_a_common_limit_everything_is_free) {
  holding x{nullptr};
  x.take(1024 * kib);
  BOOST_TEST(x.excess() == 0u);
  BOOST_TEST(x.room(1025 * kib) == kib);
}

BOOST_AUTO_TEST_SUITE_END()
