#include "actors/core/mesh/mesh_model.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of collection: which unreachable peers the mesh model forgets, and
// when.
namespace {

/// The mesh model of our peer, number 5, which is connected to 1 and through 1
/// to 2. An unreachable peer is collected after one second.
///
///     5 - 1 - 2
struct fixture : view {
  fixture() {
    connect(1);
    hear({says(1, {us, 2}), says(2, {1})});
    skip_announcements();
  }

  applied_update lose_2() {
    return hear({says(1, {us}, 2)});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_model_collection_tests, fixture)

BOOST_AUTO_TEST_CASE(while_all_peers_are_reachable_nothing_is_due) {
  BOOST_TEST(!state.wake_at());
}

BOOST_AUTO_TEST_CASE(an_unreachable_peer_is_collected_after_the_delay) {
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

//  5 - 1    2, then 1 - 2 again before the delay ends
BOOST_AUTO_TEST_CASE(a_peer_that_is_reachable_again_in_time_stays) {
  lose_2();
  wait(900ms);
  hear({says(1, {us, 2}, 3)});
  BOOST_TEST(!state.wake_at());
  wait(1h);
  BOOST_TEST(known() == "1 2 5");
  BOOST_TEST(effects.left.empty());
}

//  5 - 1    2, then 1 - 2 with a restarted 2 before the delay ends
BOOST_AUTO_TEST_CASE(a_new_life_is_news_while_the_old_one_is_unreachable) {
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

BOOST_AUTO_TEST_CASE(
  an_older_record_of_the_same_life_is_not_news_if_unreachable) {
  hear({says(2, {1}, 7)});
  lose_2();
  hear({says(2, {}, 6)});
  BOOST_TEST(version_of(2) == 7U);
}

//  5 - 1 - 2    3 - 4, and then 2 - 3
BOOST_AUTO_TEST_CASE(an_update_in_several_messages_arrives_whole) {
  hear({says(3, {2, 4}), says(4, {3})});
  wait(500ms);
  hear({says(2, {1, 3}, 2)});
  wait(1s);
  BOOST_TEST(known() == "1 2 3 4 5");
}

//  5 - 1 - 2    3
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

//  3 alone, and half a second later 4 > 3
// Only peer 4 reports the connection to 3.
BOOST_AUTO_TEST_CASE(a_peer_named_by_a_later_one_is_kept_along_with_it) {
  hear({says(3, {})});
  wait(500ms);
  hear({says(4, {3})});
  wait(500ms);
  BOOST_TEST(known() == "1 2 3 4 5");
  BOOST_TEST((state.wake_at() == now + 500ms));
  wait(500ms);
  BOOST_TEST(known() == "1 2 5");
}

/// The model of our peer, which is connected to peer 1, the hub of a star. The
/// star is so large that 1 announces its record only every half minute.
struct large_star : view {
  large_star() {
    std::vector<peer_record> leaves;
    for (unsigned i = 0; i < 1000; ++i) {
      others.push_back(1000 + i);
      leaves.push_back(says(1000 + i, {1}));
    }
    connect(1);
    leaves.insert(leaves.begin(), hub(1));
    hear(leaves);
    skip_announcements();
  }
  peer_record hub(std::uint64_t version, std::vector<unsigned> more = {}) {
    more.push_back(us);
    std::sort(more.begin(), more.end());
    more.insert(more.end(), others.begin(), others.end());
    return says(1, more, version);
  }
  std::vector<unsigned> others;
};

BOOST_FIXTURE_TEST_CASE(a_peer_that_its_neighbour_may_still_announce_is_kept,
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

BOOST_FIXTURE_TEST_CASE(a_peer_that_never_becomes_reachable_is_collected,
                        large_star) {
  hear({says(3, {1})});
  wait(31s);
  BOOST_TEST(names_of(effects.left) == "3");
}

//  5 - 1 - 2, and 3 > 1, which 1 does not report
BOOST_AUTO_TEST_CASE(in_a_small_mesh_there_is_no_grace_period) {
  hear({says(3, {1})});
  wait(1001ms);
  BOOST_TEST(known() == "1 2 5");
}

BOOST_AUTO_TEST_CASE(when_our_connection_ends_peers_are_collected_at_once) {
  remove(1);
  BOOST_TEST(known() == "5");
  BOOST_TEST(names_of(effects.left) == "1 2");
  BOOST_TEST(effects.routes_changed);
}

//  5 - 1 - 2 and 5 - 2, and then 5 - 1 ends
BOOST_AUTO_TEST_CASE(a_peer_with_another_path_stays) {
  connect(2);
  hear({says(2, {1, us}, 2)});
  remove(1);
  BOOST_TEST(known() == "1 2 5");
  BOOST_TEST(effects.left.empty());
}

BOOST_AUTO_TEST_CASE(our_neighbour_stays_whatever_others_report) {
  hear({says(1, {}, 9)});
  wait(1h);
  BOOST_TEST(known() == "1 5");
}

//  7 > 5
// Only peer 7 reports the connection.
BOOST_AUTO_TEST_CASE(
  a_connection_reported_only_by_the_other_end_is_not_a_path) {
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

BOOST_AUTO_TEST_CASE(slots_of_collected_peers_are_used_again) {
  lose_2();
  wait(1s);
  hear({says(1, {us, 3, 4}, 3), says(3, {1, 4}), says(4, {1, 3})});
  wait(1h);
  BOOST_TEST(same({record(3), record(4)}, {says(3, {1, 4}), says(4, {1, 3})}));
  BOOST_TEST(known() == "1 3 4 5");
}

// -- records of unreachable peers are not passed on

BOOST_AUTO_TEST_CASE(news_of_unreachable_peers_is_held_back) {
  auto applied = hear({says(3, {4}), says(4, {3})});
  BOOST_TEST(subjects(applied.news) == "none");
  BOOST_TEST(subjects(applied.everything) == "none");
  BOOST_TEST(subjects(state.complete()) == "1 2 5");
}

BOOST_AUTO_TEST_CASE(a_record_that_was_held_back_is_news_once_there_is_a_path) {
  hear({says(3, {4}), says(4, {3})});
  auto applied = hear({says(2, {1, 3}, 2)});
  BOOST_TEST(subjects(applied.news) == "2 3 4");
  BOOST_TEST(subjects(applied.everything) == "2 3 4");
}

BOOST_AUTO_TEST_CASE(
  an_unreachable_peer_is_not_passed_on_before_its_collection) {
  auto applied = hear({says(1, {us}, 2), says(2, {1}, 2)});
  BOOST_TEST(subjects(applied.everything) == "1");
  BOOST_TEST(subjects(state.complete()) == "1 5");
}

BOOST_AUTO_TEST_CASE(unreachable_peers_are_not_announced) {
  connect(3);
  remove(3);
  BOOST_TEST(announced() == "5");
}

// Two neighbours keep sending each other everything that they know, including a
// third peer that has stopped.
BOOST_AUTO_TEST_CASE(two_peers_do_not_remind_each_other_of_a_stopped_one) {
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

//  5 - 1 - 2, and 1 - 3; 3 gets a new slot when 80 others are collected
BOOST_AUTO_TEST_CASE(peers_stay_reachable_when_many_others_are_collected) {
  std::vector<unsigned> all{us, 2};
  std::vector<peer_record> said;
  for (unsigned x = 1000; x < 1080; ++x) {
    all.push_back(x);
    said.push_back(says(x, {1}));
  }
  said.insert(said.begin(), says(1, all, 2));
  hear(said);
  hear({says(1, {2, 3, us}, 3), says(3, {1})});
  wait(1s);
  BOOST_TEST(effects.left.size() == 80u);
  BOOST_TEST(subjects(state.complete()) == "1 2 3 5");
  BOOST_TEST(subjects(hear({says(3, {1}, 7)}).news) == "3");
}

BOOST_AUTO_TEST_SUITE_END()
