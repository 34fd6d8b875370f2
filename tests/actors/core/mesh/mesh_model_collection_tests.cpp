#include "actors/core/mesh/mesh_model.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

/// Collection one second after a peer went out of reach. Connected to 1 and,
/// behind it, to 2:
///
///     5 - 1 - 2
struct fixture : view {
  fixture() {
    connect(1);
    hear({says(1, {us, 2}), says(2, {1})});
    settle();
  }

  /// 1 says that it lost its connection to 2.
  applied_update lose_2() {
    return hear({says(1, {us}, 2)});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_model_collection_tests, fixture)

BOOST_AUTO_TEST_CASE(while_all_are_in_reach_there_is_nothing_to_wake_for) {
  BOOST_TEST(!state.wake_at());
}

BOOST_AUTO_TEST_CASE(a_peer_out_of_reach_is_collected_after_the_delay) {
  lose_2();
  BOOST_TEST(known() == "1 2 5");
  BOOST_TEST((state.wake_at() == now + 1s));
  wait(1s);
  BOOST_TEST(known() == "1 5");
  BOOST_TEST(names_of(effects.left) == "2");
  BOOST_TEST(effects.routes_changed);
  BOOST_TEST(!state.wake_at());
}

BOOST_AUTO_TEST_CASE(nothing_is_collected_before_the_delay) {
  lose_2();
  wait(999ms);
  BOOST_TEST(known() == "1 2 5");
  BOOST_TEST(!effects.routes_changed);
}

//  5 - 1    2, and in time 1 - 2 again
BOOST_AUTO_TEST_CASE(who_comes_into_reach_in_time_stays) {
  lose_2();
  wait(900ms);
  hear({says(1, {us, 2}, 3)});
  BOOST_TEST(!state.wake_at());
  wait(1h);
  BOOST_TEST(known() == "1 2 5");
  BOOST_TEST(effects.left.empty());
}

//  5 - 1    2, and in time 1 - 2 in another life
BOOST_AUTO_TEST_CASE(a_successor_is_news_while_its_predecessor_is_kept) {
  hear({says(2, {1}, 7)});
  auto successor = says(2, {1}, 1);
  successor.peer.uid = peer_uid{199};
  hear({successor});
  BOOST_TEST(version_of(2) == 7U);
  lose_2();
  BOOST_TEST(subjects(hear({says(1, {us, 2}, 3), successor}).news) == "1 2");
  BOOST_TEST((record(2).peer.uid == peer_uid{199}));
  BOOST_REQUIRE_EQUAL(effects.restarted.size(), 1U);
  BOOST_TEST((effects.restarted[0].first.uid == peer_uid{200}));
  hear({says(2, {1}, 6)});
  BOOST_TEST((record(2).peer.uid == peer_uid{200}));
}

BOOST_AUTO_TEST_CASE(what_is_older_of_the_same_life_is_no_news_out_of_reach) {
  hear({says(2, {1}, 7)});
  lose_2();
  hear({says(2, {}, 6)});
  BOOST_TEST(version_of(2) == 7U);
}

//  5 - 1 - 2    3 - 4, and then 2 - 3
BOOST_AUTO_TEST_CASE(an_update_in_parts_arrives_whole) {
  hear({says(3, {2, 4}), says(4, {3})});
  wait(500ms);
  hear({says(2, {1, 3}, 2)});
  wait(1s);
  BOOST_TEST(known() == "1 2 3 4 5");
}

//  5 - 1 - 2    3 > 4
BOOST_AUTO_TEST_CASE(each_peer_has_its_own_delay) {
  hear({says(3, {})});
  wait(600ms);
  lose_2();
  wait(400ms);
  BOOST_TEST(known() == "1 2 5");
  BOOST_TEST((state.wake_at() == now + 600ms));
  wait(600ms);
  BOOST_TEST(known() == "1 5");
}

//  3, and half a second later 4 > 3
BOOST_AUTO_TEST_CASE(who_is_referred_to_by_a_later_one_waits_with_it) {
  hear({says(3, {})});
  wait(500ms);
  hear({says(4, {3})});
  wait(500ms);
  BOOST_TEST(known() == "1 2 3 4 5");
  BOOST_TEST((state.wake_at() == now + 500ms));
  wait(500ms);
  BOOST_TEST(known() == "1 2 5");
}

/// 5 is connected to the hub 1 of a star so large that 1 announces what it is
/// connected to each half minute.
struct large_star : view {
  large_star() {
    for (unsigned i = 0; i < 1000; ++i)
      others.push_back(1000 + i);
    connect(1);
    hear({hub(1)});
    settle();
  }
  peer_record hub(std::uint64_t version, std::vector<unsigned> more = {}) {
    more.push_back(us);
    std::sort(more.begin(), more.end());
    more.insert(more.end(), others.begin(), others.end());
    return says(1, more, version);
  }
  std::vector<unsigned> others;
};

BOOST_FIXTURE_TEST_CASE(who_is_about_to_come_into_reach_is_waited_for,
                        large_star) {
  hear({says(3, {1})});
  wait(30s);
  BOOST_TEST(version_of(3) == 1u);
  BOOST_TEST((state.wake_at() == now + 1s));
  hear({hub(2, {3})});
  wait(1h);
  BOOST_TEST(version_of(3) == 1u);
  BOOST_TEST(effects.left.empty());
}

BOOST_FIXTURE_TEST_CASE(who_never_comes_into_reach_is_not_waited_for_for_ever,
                        large_star) {
  hear({says(3, {1})});
  wait(31s);
  BOOST_TEST(names_of(effects.left) == "3");
}

//  5 - 1 - 2, and 3 > 1, which says nothing of it though it could soon
BOOST_AUTO_TEST_CASE(in_a_small_mesh_nobody_is_waited_for) {
  hear({says(3, {1})});
  wait(1001ms);
  BOOST_TEST(known() == "1 2 5");
}

BOOST_AUTO_TEST_CASE(placeholders_go_silently) {
  hear({says(1, {us, 2, 9}, 2)});
  BOOST_TEST(known() == "1 2 5 9");
  hear({says(1, {us, 2}, 3)});
  wait(1s);
  BOOST_TEST(known() == "1 2 5");
  BOOST_TEST(effects.left.empty());
}

BOOST_AUTO_TEST_CASE(a_lost_connection_is_followed_at_once) {
  remove(1);
  BOOST_TEST(known() == "5");
  BOOST_TEST(names_of(effects.left) == "1 2");
  BOOST_TEST(effects.routes_changed);
}

//  5 - 1 - 2 with 5 - 2 also: one of the two goes
BOOST_AUTO_TEST_CASE(who_is_reached_in_another_way_stays) {
  connect(2);
  hear({says(2, {1, us}, 2)});
  remove(1);
  BOOST_TEST(known() == "1 2 5");
  BOOST_TEST(effects.left.empty());
}

BOOST_AUTO_TEST_CASE(who_we_are_connected_to_stays_whatever_others_say) {
  hear({says(1, {}, 9)});
  wait(1h);
  BOOST_TEST(known() == "1 5");
}

//  1 > 5 alone is no way for us
BOOST_AUTO_TEST_CASE(a_connection_towards_us_is_no_way_out) {
  hear({says(7, {us})});
  wait(1s);
  BOOST_TEST(known() == "1 2 5");
}

BOOST_AUTO_TEST_CASE(a_collected_peer_may_come_back) {
  lose_2();
  wait(1s);
  hear({says(1, {us, 2}, 3), says(2, {1}, 0)});
  BOOST_TEST(names_of(effects.joined) == "2");
  BOOST_TEST(version_of(2) == 0u);
}

BOOST_AUTO_TEST_CASE(slots_of_collected_peers_serve_others) {
  lose_2();
  wait(1s);
  hear({says(1, {us, 3, 4}, 3), says(3, {1, 4}), says(4, {1, 3})});
  wait(1h);
  BOOST_TEST(same({record(3), record(4)}, {says(3, {1, 4}), says(4, {1, 3})}));
  BOOST_TEST(known() == "1 3 4 5");
}

// -- what is out of reach is not passed on

BOOST_AUTO_TEST_CASE(news_of_peers_out_of_reach_are_held_back) {
  auto applied = hear({says(3, {4}), says(4, {3})});
  BOOST_TEST(subjects(applied.news) == "none");
  BOOST_TEST(subjects(applied.everything) == "none");
  BOOST_TEST(subjects(state.complete()) == "1 2 5");
}

BOOST_AUTO_TEST_CASE(what_was_held_back_is_news_once_there_is_a_way) {
  hear({says(3, {4}), says(4, {3})});
  auto applied = hear({says(2, {1, 3}, 2)});
  BOOST_TEST(subjects(applied.news) == "2 3 4");
  BOOST_TEST(subjects(applied.everything) == "2 3 4");
}

BOOST_AUTO_TEST_CASE(who_was_lost_is_not_passed_on_until_collected) {
  auto applied = hear({says(1, {us}, 2), says(2, {1}, 2)});
  BOOST_TEST(subjects(applied.everything) == "1");
  BOOST_TEST(subjects(state.complete()) == "1 5");
}

BOOST_AUTO_TEST_CASE(what_is_announced_is_in_reach) {
  connect(3);
  remove(3);
  BOOST_TEST(announced() == "5");
}

/// Two neighbours that both remember a third which has gone tell each other
/// everything, many times, and forget it nevertheless.
BOOST_AUTO_TEST_CASE(two_peers_do_not_remind_each_other_of_the_dead) {
  view other;
  other.connect(1);
  other.hear({says(1, {us, 2}), says(2, {1})});
  lose_2();
  other.hear({says(1, {us}, 2)});
  for (int i = 0; i < 10; ++i) {
    hear(read(other.state.complete()));
    other.hear(read(state.complete()));
    wait(300ms);
    other.wait(300ms);
  }
  BOOST_TEST(known() == "1 5");
  BOOST_TEST(other.known() == "1 5");
}

BOOST_AUTO_TEST_SUITE_END()
