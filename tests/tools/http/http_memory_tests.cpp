#include "tools/http/memory_return.hpp"

#include <boost/test/unit_test.hpp>

namespace {

struct sweeps {
  http::memory_return memory;
  http::memory_return::time_point now{std::chrono::seconds{100}};

  /// Sweeps four times a second for this many seconds. Returns how many sweeps
  /// found that memory should be returned to the system.
  int sweep(std::size_t connections, int seconds) {
    int result = 0;
    for (int i = 0; i < 4 * seconds; ++i) {
      now += std::chrono::milliseconds{250};
      result += memory.is_due(connections, now);
    }
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_memory_tests, sweeps)

BOOST_AUTO_TEST_CASE(memory_is_returned_once_after_a_crowd_has_gone) {
  BOOST_TEST(sweep(0, 5) == 0);
  BOOST_TEST(sweep(1000, 5) == 0);
  BOOST_TEST(sweep(501, 5) == 0);
  BOOST_TEST(sweep(3, 1) == 0);
  BOOST_TEST(sweep(3, 60) == 1);
}

BOOST_AUTO_TEST_CASE(few_connections_return_nothing) {
  BOOST_TEST(sweep(199, 5) == 0);
  BOOST_TEST(sweep(0, 60) == 0);
}

BOOST_AUTO_TEST_CASE(crowds_that_come_and_go_cost_one_return_in_two_seconds) {
  int returns = 0;
  for (int i = 0; i < 100; ++i)
    returns += sweep(1000, 1) + sweep(0, 1);
  BOOST_TEST(returns == 0);
  for (int i = 0; i < 10; ++i)
    returns += sweep(1000, 1) + sweep(0, 3);
  BOOST_TEST(returns == 10);
}

BOOST_AUTO_TEST_SUITE_END()
