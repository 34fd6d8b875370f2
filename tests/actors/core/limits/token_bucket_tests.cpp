#include "actors/core/limits/token_bucket.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

namespace {

// As the listener has it: 20 tokens, one more each 50 ms.
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

BOOST_AUTO_TEST_CASE(time_that_goes_back_gives_nothing) {
  take_all();
  now -= 1h;
  BOOST_TEST(!bucket.take(now));
  now += 1h + 49ms;
  BOOST_TEST(!bucket.take(now));
  now += 1ms;
  BOOST_TEST(take_all() == 1);
}

BOOST_AUTO_TEST_CASE(one_token_comes_each_interval) {
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

BOOST_AUTO_TEST_CASE(a_full_bucket_does_not_save_up_for_the_next_token) {
  now += 49ms;
  take_all();
  now += 1ms;
  BOOST_TEST(!bucket.take(now));
}

BOOST_AUTO_TEST_CASE(the_next_token_is_announced_exactly) {
  BOOST_TEST((bucket.next_token() <= now));
  take_all();
  BOOST_TEST((bucket.next_token() == now + 50ms));
  now = bucket.next_token();
  BOOST_TEST(bucket.take(now));
}

BOOST_AUTO_TEST_CASE(a_bucket_without_room_never_gives) {
  token_bucket none{0, 50ms, now};
  BOOST_TEST(!none.take(now + 1h));
}

BOOST_AUTO_TEST_SUITE_END()
