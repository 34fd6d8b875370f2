#include "actors/core/mesh/name_contests.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct fixture : view_of_one_neighbour {
  /// Replaces the record of peer 2 with one that has this UID. Returns whether
  /// the model then reports that the name of peer 2 is used twice.
  bool twice_after(std::uint64_t uid) {
    auto theirs = says(2, {1}, ++version);
    theirs.peer.uid = peer_uid{uid};
    hear({says(1, {us, 2}), theirs});
    now += pause;
    return !effects.names_used_twice.empty();
  }

  std::uint64_t version = 0;
  duration pause = 7s;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(name_contests_tests, fixture)

BOOST_AUTO_TEST_CASE(records_that_replace_each_other_in_turn_are_two_peers) {
  for (auto uid : {1, 2, 1, 2})
    BOOST_TEST(!twice_after(uid));
  BOOST_TEST(twice_after(1));
  BOOST_TEST((effects.names_used_twice == std::vector{name_of(2)}));
  BOOST_TEST(twice_after(2));
}

BOOST_AUTO_TEST_CASE(a_peer_that_restarts_often_is_one_peer) {
  for (unsigned uid = 1; uid < 20; ++uid)
    BOOST_TEST(!twice_after(uid));
}

BOOST_AUTO_TEST_CASE(a_delayed_record_of_an_earlier_life_is_no_second_peer) {
  for (auto uid : {1, 2, 1, 2, 3, 2, 3, 4})
    BOOST_TEST(!twice_after(uid));
}

BOOST_AUTO_TEST_CASE(returns_that_are_far_apart_do_not_count_together) {
  pause = name_contests::longest_pause + 1s;
  for (auto uid : {1, 2, 1, 2, 1, 2, 1})
    BOOST_TEST(!twice_after(uid));
}

BOOST_AUTO_TEST_CASE(made_up_names_take_a_limited_amount_of_memory) {
  name_contests contests;
  auto change = [&](unsigned who, unsigned before, unsigned after) {
    now += 1ms;
    return contests.uid_changed(name_of(who), peer_uid{before}, peer_uid{after},
                                now);
  };
  for (auto uid : {1u, 2u, 1u})
    BOOST_TEST(!change(10, uid, 3 - uid));
  for (unsigned who = 100; who < 100 + name_contests::most_names; ++who)
    BOOST_TEST(!change(who, 1, 2));
  BOOST_TEST(!change(10, 2, 1));
}

BOOST_AUTO_TEST_SUITE_END()
