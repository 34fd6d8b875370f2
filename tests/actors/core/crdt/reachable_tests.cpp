#include <cafmesh/reachable.hpp>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

// Tests of `reachable`: the greatest number to which honest peers can have
// counted by a given time.
namespace {

constexpr std::uint64_t fastest = 1u << 30;

} // namespace

BOOST_AUTO_TEST_SUITE(reachable_tests)

BOOST_AUTO_TEST_CASE(the_greatest_number_grows_with_whole_seconds) {
  auto now = earliest_wall_time + 1h;
  BOOST_TEST(reachable(now + 999ms, 7) == reachable(now, 7));
  BOOST_TEST(reachable(now + 1s, 7) == reachable(now, 7) + 7);
  BOOST_TEST(reachable(now, 0) == 0u);
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_never_set_counts_as_the_start_of_2026) {
  constexpr std::uint64_t days = 6 * 365 + 2; // since the start of 2020
  for (auto now : {wall_time::min(), wall_time{}, earliest_wall_time})
    BOOST_TEST(reachable(now, 1) == days * 24 * 60 * 60);
}

BOOST_AUTO_TEST_CASE(at_the_end_of_time_numbers_still_fit) {
  BOOST_TEST(reachable(wall_time::max(), fastest) < std::uint64_t{INT64_MAX});
  BOOST_TEST(reachable(wall_time::max(), fastest)
             > reachable(earliest_wall_time, fastest));
}

BOOST_AUTO_TEST_SUITE_END()
