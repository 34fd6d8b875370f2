#include "actors/core/limits/token_bucket.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

namespace {

// A bucket that holds 20 tokens and gains one every 50 ms.
struct fixture {
  instant now{1h};
  token_bucket bucket{20, 50ms, now};

  int take_all() {
    int n = 0;
    while (bucket.take(now))
      ++n;
    return n;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(token_bucket_tests, fixture)

BOOST_AUTO_TEST_CASE(a_new_bucket_is_full) {
  BOOST_TEST(take_all() == 20);
}

BOOST_AUTO_TEST_CASE(a_step_back_in_time_gives_no_token) {
  take_all();
  now -= 1h;
  BOOST_TEST(!bucket.take(now));
  now += 1h + 49ms;
  BOOST_TEST(!bucket.take(now));
  now += 1ms;
  BOOST_TEST(take_all() == 1);
}

BOOST_AUTO_TEST_CASE(one_token_is_gained_per_interval) {
  take_all();
  for (int i = 0; i < 100; ++i) {
    now += 49ms;
    BOOST_TEST(!bucket.take(now));
    now += 1ms;
    BOOST_TEST(take_all() == 1);
  }
}

BOOST_AUTO_TEST_CASE(parts_of_an_interval_are_not_lost) {
  take_all();
  now += 75ms;
  BOOST_TEST(take_all() == 1);
  now += 75ms;
  BOOST_TEST(take_all() == 2);
}

BOOST_AUTO_TEST_CASE(a_long_pause_fills_the_bucket_and_no_more) {
  take_all();
  now += 24h * 365;
  BOOST_TEST(take_all() == 20);
}

BOOST_AUTO_TEST_CASE(a_full_bucket_gains_nothing_towards_the_next_token) {
  now += 49ms;
  take_all();
  now += 1ms;
  BOOST_TEST(!bucket.take(now));
}

BOOST_AUTO_TEST_CASE(the_time_of_the_next_token_is_exact) {
  for (int i = 0; i < 19; ++i)
    bucket.take(now);
  BOOST_TEST(bucket.has(now, 1));
  take_all();
  BOOST_TEST(!bucket.has(now + 50ms - 1ns, 1));
  now += 50ms;
  BOOST_TEST(bucket.take(now));
}

BOOST_AUTO_TEST_CASE(a_charge_beyond_the_tokens_is_made_up_for_first) {
  bucket.charge(now, 22);
  BOOST_TEST(!bucket.is_full(now));
  now += 149ms;
  BOOST_TEST(!bucket.take(now));
  now += 1ms;
  BOOST_TEST((bucket.take(now) && !bucket.take(now)));
}

BOOST_AUTO_TEST_CASE(tokens_that_are_given_back_never_exceed_the_capacity) {
  take_all();
  bucket.give_back(3);
  BOOST_TEST(take_all() == 3);
  bucket.give_back(1000);
  BOOST_TEST(take_all() == 20);
}

BOOST_AUTO_TEST_CASE(a_bucket_of_capacity_0_gives_no_token) {
  token_bucket none{0, 50ms, now};
  BOOST_TEST(!none.take(now + 1h));
}

BOOST_AUTO_TEST_SUITE_END()
