#include "actors/core/mesh/mesh_model.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/core/mesh/closing_reports.hpp"
#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of closing reports. The mesh model normally waits before it reports an
// unreachable peer as left. It does not wait if all reachable neighbours of the
// peer report that the peer has closed its connections to them.
namespace {

/// The mesh model of our peer, number 5. Peer 9 is the one that is killed.
///
///     5 - 1 - 9    1 - 2 - 9    1 - 3 - 9
struct fixture : view {
  fixture() {
    connect(1);
    hear({says(1, {us, 2, 3, 9}), says(2, {1, 9}), says(3, {1, 9}),
          says(9, {1, 2, 3})});
    skip_announcements();
  }

  void report(unsigned reporter, unsigned closed = 9, unsigned uid = 900) {
    effects = {};
    state.note_closings({{name_of(closed), peer_uid{uid}}}, name_of(reporter),
                        now, effects);
  }

  void report_all() {
    for (unsigned reporter : {1, 2, 3})
      report(reporter);
  }

  void lose_9() {
    hear({says(1, {us, 2, 3}, 2), says(2, {1}, 2), says(3, {1}, 2)});
  }

  bool knows_9() const {
    return known() == "1 2 3 5 9";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_model_closings_tests, fixture)

BOOST_AUTO_TEST_CASE(an_unreachable_peer_is_forgotten_at_the_last_report) {
  lose_9();
  report(1);
  report(3);
  BOOST_TEST(knows_9());
  report(2);
  BOOST_TEST(known() == "1 2 3 5");
  BOOST_TEST(names_of(effects.left) == "9");
}

BOOST_AUTO_TEST_CASE(a_peer_that_was_told_as_left_is_not_told_again) {
  lose_9();
  report_all();
  BOOST_TEST(names_of(effects.left) == "9");
  report(1);
  hear({says(2, {1}, 3)});
  BOOST_TEST(names_of(effects.left) == "");
  wait(1s);
  BOOST_TEST(names_of(effects.left) == "");
  BOOST_TEST(!state.find(name_of(9)));
  BOOST_TEST(!state.wake_at());
}

BOOST_AUTO_TEST_CASE(
  a_peer_that_was_told_as_left_joins_when_it_can_be_reached_again) {
  lose_9();
  report_all();
  hear({says(2, {1, 9}, 3)});
  BOOST_TEST(names_of(effects.joined) == "9");
  BOOST_TEST(knows_9());
  wait(1h);
  BOOST_TEST(names_of(effects.left) == "");
  lose_9();
  hear({says(2, {1}, 4)});
  wait(1h);
  BOOST_TEST(names_of(effects.left) == "9");
}

BOOST_AUTO_TEST_CASE(a_peer_that_connects_to_us_after_its_end_was_told_joins) {
  lose_9();
  report_all();
  add(9);
  BOOST_TEST(names_of(effects.joined) == "9");
  BOOST_TEST(knows_9());
}

BOOST_AUTO_TEST_CASE(a_killed_peer_that_starts_again_joins_in_its_new_life) {
  lose_9();
  report_all();
  auto again = says(9, {1}, 1);
  again.peer.uid = peer_uid{999};
  hear({again, says(1, {us, 2, 3, 9}, 3)});
  BOOST_TEST(names_of(effects.joined) == "9");
  BOOST_TEST(effects.restarted.empty());
  BOOST_TEST(effects.left.empty());
}

BOOST_AUTO_TEST_CASE(a_killed_peer_that_starts_again_and_connects_to_us_joins) {
  lose_9();
  report_all();
  auto again = offer(9, 9);
  again.remote.uid = peer_uid{999};
  add(again);
  BOOST_REQUIRE(effects.joined.size() == 1u);
  BOOST_TEST((effects.joined[0].uid == peer_uid{999}));
}

BOOST_AUTO_TEST_CASE(old_reports_do_not_count_once_the_peer_has_shown_life) {
  report_all();
  hear({says(9, {1, 2, 3}, 2)});
  lose_9();
  BOOST_TEST(names_of(effects.left) == "");
  BOOST_TEST(knows_9());
}

// Peer 9 has no neighbour left that our peer can reach. The report of peer 1
// does not count, because 1 is no longer a neighbour of 9.
BOOST_AUTO_TEST_CASE(without_the_report_of_a_present_neighbour_a_peer_stays) {
  report(1);
  hear({says(9, {2, 3}, 2), says(1, {us}, 2)});
  BOOST_TEST(names_of(effects.left) == "");
}

BOOST_AUTO_TEST_CASE(reports_may_come_before_the_updates) {
  report_all();
  BOOST_TEST(knows_9());
  lose_9();
  BOOST_TEST(known() == "1 2 3 5");
  BOOST_TEST(names_of(effects.left) == "9");
}

BOOST_AUTO_TEST_CASE(a_peer_that_can_be_reached_stays_whatever_is_reported) {
  report_all();
  hear({says(2, {1}, 2), says(3, {1}, 2)});
  wait(1h);
  BOOST_TEST(knows_9());
}

BOOST_AUTO_TEST_CASE(without_the_report_of_a_neighbour_there_is_a_delay) {
  lose_9();
  report(1);
  report(2);
  wait(999ms);
  BOOST_TEST(knows_9());
  wait(1ms);
  BOOST_TEST(known() == "1 2 3 5");
}

// Peer 9 has moved to peer 4. The record of 9 shows the new connection before
// the record of 4 does.
BOOST_AUTO_TEST_CASE(a_peer_that_has_another_connection_stays) {
  hear(
    {says(4, {1, 9}), says(1, {us, 2, 3, 4, 9}, 2), says(9, {1, 2, 3, 4}, 2)});
  hear({says(4, {1}, 2)});
  hear({says(1, {us, 2, 3, 4}, 3), says(2, {1}, 2), says(3, {1}, 2)});
  report_all();
  BOOST_TEST(known() == "1 2 3 4 5 9");
  hear({says(4, {1, 9}, 3)});
  wait(1h);
  BOOST_TEST(known() == "1 2 3 4 5 9");
}

//  5 - 1 - 9    and 2, which nobody can reach any more
BOOST_AUTO_TEST_CASE(a_neighbour_that_is_gone_as_well_need_not_report) {
  hear({says(1, {us, 3}, 2), says(3, {1}, 2)});
  report(1);
  BOOST_TEST(knows_9());
  report(3);
  BOOST_TEST(known() == "1 2 3 5");
  BOOST_TEST(names_of(effects.left) == "9");
  wait(1s);
  BOOST_TEST(known() == "1 3 5");
}

BOOST_AUTO_TEST_CASE(only_a_reported_peer_is_forgotten_and_not_those_behind) {
  hear({says(4, {9}), says(9, {1, 2, 3, 4}, 2)});
  lose_9();
  report_all();
  BOOST_TEST(known() == "1 2 3 4 5");
  wait(999ms);
  BOOST_TEST(known() == "1 2 3 4 5");
  wait(1ms);
  BOOST_TEST(known() == "1 2 3 5");
  BOOST_TEST(names_of(effects.left) == "4");
}

BOOST_AUTO_TEST_CASE(a_forgotten_peer_may_come_back) {
  hear({says(4, {9}), says(9, {1, 2, 3, 4}, 2)});
  lose_9();
  report_all();
  hear({says(9, {1}, 3), says(1, {us, 2, 3, 9}, 3)});
  BOOST_TEST(known() == "1 2 3 4 5 9");
  BOOST_TEST(names_of(effects.joined) == "9");
  hear({says(9, {1, 4}, 4)});
  wait(1h);
  BOOST_TEST(known() == "1 2 3 4 5 9");
}

BOOST_AUTO_TEST_CASE(reports_of_another_life_are_ignored) {
  for (unsigned reporter : {1, 2, 3})
    report(reporter, 9, 901);
  lose_9();
  BOOST_TEST(knows_9());
}

BOOST_AUTO_TEST_CASE(reports_of_the_life_before_a_restart_are_ignored) {
  report_all();
  auto again = says(9, {1, 2, 3}, 1);
  again.peer.uid = peer_uid{999};
  hear({again});
  lose_9();
  BOOST_TEST(knows_9());
}

BOOST_AUTO_TEST_CASE(reports_of_peers_that_were_no_neighbours_are_ignored) {
  hear({says(3, {1}, 2), says(9, {1, 2}, 2)});
  report(3);
  report(1);
  lose_9();
  BOOST_TEST(knows_9());
  report(2);
  BOOST_TEST(known() == "1 2 3 5");
}

BOOST_AUTO_TEST_CASE(reports_are_forgotten_after_two_seconds) {
  report_all();
  wait(closing_reports::memory + 1ms);
  lose_9();
  BOOST_TEST(knows_9());
}

BOOST_AUTO_TEST_CASE(nobody_reports_in_our_name) {
  connect(9);
  hear({says(9, {us, 1, 2, 3}, 2)});
  report_all();
  report(us);
  remove(9);
  BOOST_TEST(knows_9());
  lose_9();
  BOOST_TEST(knows_9());
}

// -- our own connections

BOOST_AUTO_TEST_CASE(our_own_neighbour_is_forgotten_when_the_others_report) {
  connect(9);
  hear({says(9, {us, 1, 2, 3}, 2)});
  auto what = state.remove_closed_connection(connection_id{9}, now, effects);
  BOOST_REQUIRE(!!what);
  BOOST_TEST((what->peer == name_of(9)));
  BOOST_TEST((what->uid == peer_uid{900}));
  lose_9();
  report_all();
  BOOST_TEST(known() == "1 2 3 5");
}

BOOST_AUTO_TEST_CASE(the_end_of_a_connection_that_was_given_up_is_no_closing) {
  connect(9);
  hear({says(9, {us, 1, 2, 3}, 2)});
  hear({says(9, {1, 2, 3}, 3)});
  BOOST_TEST(!state.remove_closed_connection(connection_id{9}, now, effects));
  BOOST_TEST(state.connection_count() == 1u);
}

BOOST_AUTO_TEST_CASE(an_unknown_connection_is_not_reported) {
  BOOST_TEST(!state.remove_closed_connection(connection_id{77}, now, effects));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_hub_is_not_reported) {
  connect(9);
  std::vector<unsigned> many{us};
  for (unsigned i = 0; i < closing_reports::most_reporters; ++i)
    many.push_back(100 + i);
  hear({says(9, many, 2)});
  BOOST_TEST(!state.remove_closed_connection(connection_id{9}, now, effects));
  BOOST_TEST(names_of(effects.left) == "");
}

// -- memory

BOOST_AUTO_TEST_CASE(the_number_of_reports_is_limited) {
  closing_reports all;
  const closing what{name_of(9), peer_uid{900}};
  for (std::uint64_t i = 0; i < 2 * closing_reports::most; ++i)
    all.add(what, peer_name::from_number(i), now);
  std::size_t count = 0;
  auto counts = [&](const closing&, const auto& by) {
    count += by.size();
  };
  all.visit(counts);
  BOOST_TEST(count == closing_reports::most);
  count = 0;
  now += closing_reports::memory + 1ms;
  all.expire(now);
  all.visit(counts);
  BOOST_TEST(count == 0u);
  BOOST_TEST(all.add(what, name_of(1), now) != nullptr);
  BOOST_TEST(all.add(what, name_of(1), now) == nullptr);
  all.visit(counts);
  BOOST_TEST(count == 1u);
  all.forget(what.peer);
  BOOST_TEST(all.empty());
}

BOOST_AUTO_TEST_CASE(reports_that_are_repeated_for_ever_are_forgotten) {
  report_all();
  wait(closing_reports::memory);
  report_all();
  wait(1ms);
  lose_9();
  BOOST_TEST(knows_9());
}

BOOST_AUTO_TEST_SUITE_END()
