#include "actors/core/remote/lane_pace.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::remote;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct fixture {
  // Simulates rounds of sending over an otherwise idle link with this rate and
  // this shortest round-trip time.
  void run(double bytes_per_second, duration shortest, int rounds) {
    for (int i = 0; i < rounds; ++i) {
      // The first round sends a quarter of the window, and each later one the
      // whole window. An answer settles a quarter of what the round has sent.
      auto sent = i == 0 ? pace.window() / 4 : pace.window();
      auto time =
        shortest
        + std::chrono::duration_cast<duration>(std::chrono::duration<double>{
          static_cast<double>(sent) / bytes_per_second});
      now += time;
      pace.settled(sent / 4, time, now);
    }
  }

  lane_pace pace;
  instant now{seconds{1000}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lane_pace_tests, fixture)

BOOST_AUTO_TEST_CASE(a_fast_link_is_filled) {
  run(10e9, milliseconds{20}, 20);
  BOOST_TEST(pace.window() == pace_limits{}.most);
}

BOOST_AUTO_TEST_CASE(a_slow_link_holds_few_bytes) {
  run(1e6, milliseconds{1}, 100);
  BOOST_TEST(pace.window() < 128u * 1024);
  BOOST_TEST(pace.window() >= pace_limits{}.least);
}

BOOST_AUTO_TEST_CASE(what_others_send_makes_room_for_them) {
  run(100e6, microseconds{100}, 100);
  auto alone = pace.window();
  run(100e6, milliseconds{20}, 10);
  BOOST_TEST(pace.window() < alone / 2);
}

BOOST_AUTO_TEST_CASE(a_longer_route_is_accepted_after_a_while) {
  run(1e9, microseconds{100}, 100);
  run(1e9, milliseconds{50}, 30);
  BOOST_TEST(pace.window() == pace_limits{}.least);
  run(1e9, milliseconds{50}, 1000);
  BOOST_TEST(pace.window() > 1'000'000u);
}

BOOST_AUTO_TEST_CASE(loss_halves_what_is_on_its_way) {
  pace.lost(now);
  BOOST_TEST(pace.window() == pace_limits{}.first / 2);
  for (int i = 0; i < 10; ++i)
    pace.lost(now);
  BOOST_TEST(pace.window() == pace_limits{}.least);
}

BOOST_AUTO_TEST_SUITE_END()
