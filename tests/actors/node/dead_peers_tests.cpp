#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of how soon a silent neighbour is considered dead.
namespace {

struct dying : mesh {
  settings watchful(char letter) {
    auto result = settings_for(letter);
    result.heartbeat_interval = milliseconds{500};
    result.patience = milliseconds{1500};
    return result;
  }
  void beat(stranger& s, milliseconds interval, int times) {
    for (int i = 0; i < times; ++i) {
      run_for(interval);
      s.queue_heartbeat();
      s.talk();
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(dead_peers_tests, dying)

BOOST_AUTO_TEST_CASE(a_silent_cafmesh_peer_is_noticed_within_two_seconds) {
  add('a', watchful('a'));
  add('b', watchful('b'));
  at('a').connect_to(at('b'));
  settle();
  BOOST_TEST_REQUIRE(all_know("a>b b>a"));
  net().unplug(at('a').host(), at('b').host());
  run_for(seconds{2});
  BOOST_TEST(at('a').degree() == 0u);
  BOOST_TEST(at('b').degree() == 0u);
  BOOST_TEST(at('a').log().has("silent for 1500 ms"));
}

BOOST_AUTO_TEST_CASE(two_live_cafmesh_peers_stay_connected) {
  add('a', watchful('a'));
  add('b', watchful('b'));
  at('a').connect_to(at('b'));
  run_for(minutes{10});
  BOOST_TEST(all_know("a>b b>a"));
  BOOST_TEST(!at('a').log().has("silent"));
}

BOOST_AUTO_TEST_CASE(a_peer_with_heartbeats_every_30_s_is_kept) {
  add('a', watchful('a'));
  stranger s{*this, at('a')};
  s.introduce();
  beat(s, seconds{30}, 10);
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_CASE(
  a_peer_with_slow_heartbeats_is_lost_after_60_s_of_silence) {
  add('a', watchful('a'));
  stranger s{*this, at('a')};
  s.introduce();
  beat(s, seconds{30}, 2);
  run_for(seconds{59});
  BOOST_TEST(at('a').degree() == 1u);
  run_for(seconds{2});
  BOOST_TEST(at('a').degree() == 0u);
  BOOST_TEST(at('a').log().has("silent for 60000 ms"));
}

BOOST_AUTO_TEST_CASE(a_burst_of_heartbeats_does_not_lower_the_patience) {
  add('a', watchful('a'));
  stranger s{*this, at('a')};
  s.introduce();
  for (int i = 0; i < 5; ++i) {
    s.queue_heartbeat();
    s.talk();
    run_for(milliseconds{1});
  }
  run_for(seconds{30});
  BOOST_TEST(at('a').degree() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
