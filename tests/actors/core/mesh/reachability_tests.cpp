#include "actors/core/mesh/reachability.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/known_peers.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct fixture : known_peers {
  reachability reachable;
  instant now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(reachability_tests, fixture)

BOOST_AUTO_TEST_CASE(a_peer_erased_before_the_first_search_is_not_reachable) {
  reachable.refresh(known, now);
  auto who = at(1);
  reachable.erased(who);
  known.erase(who);
  BOOST_TEST(!reachable.is_reachable(who));
}

BOOST_AUTO_TEST_CASE(an_erased_slot_starts_unreachable) {
  put(us, {1});
  reachable.refresh(known, now);
  BOOST_TEST(reachable.is_reachable(at(1)));
  reachable.erased(at(1));
  BOOST_TEST(!reachable.is_reachable(at(1)));
}

//  5 - 1    2, and then 80 other peers are erased and the rest get new slots
BOOST_AUTO_TEST_CASE(
  renumbered_peers_stay_reachable_or_unreachable_since_then) {
  std::vector<unsigned> others;
  for (unsigned x = 1000; x < 1080; ++x) {
    others.push_back(x);
    at(x);
  }
  at(2);
  put(us, {1});
  reachable.refresh(known, now);
  BOOST_TEST(reachable.unreachable().size() == 81u);
  for (auto x : others) {
    reachable.erased(at(x));
    known.erase(at(x));
  }
  auto moved = known.compact();
  BOOST_TEST_REQUIRE(!moved.empty());
  reachable.renumber(moved);
  BOOST_TEST(reachable.is_reachable(peers::self));
  BOOST_TEST(reachable.is_reachable(at(1)));
  BOOST_TEST(!reachable.is_reachable(at(2)));
  BOOST_TEST((reachable.unreachable() == std::vector{at(2)}));
  BOOST_TEST((reachable.first_grace_end() == now));
}

//  5 - 1, which has many other neighbours, and 2 > 1
// Only peer 2 reports its connection to 1.
BOOST_AUTO_TEST_CASE(a_new_peer_has_twice_the_time_between_announcements) {
  std::vector<unsigned> others{us};
  for (unsigned x = 1000; x < 1200; ++x)
    others.push_back(x);
  put(us, {1});
  put(1, others);
  reachable.refresh(known, now);
  put(2, {1});
  reachable.peers_changed();
  reachable.refresh(known, now);
  BOOST_TEST((reachable.unreachable() == std::vector{at(2)}));
  // The record of 1 has 201 connections, which count as 64 bytes each.
  const auto between = announcements::pause_after(64 * 201, known.size());
  BOOST_TEST((between > 500ms && between < announcements::longest / 2));
  const auto end = reachable.first_grace_end();
  BOOST_TEST_REQUIRE(!!end);
  BOOST_TEST((*end >= now + 2 * between));
  BOOST_TEST((*end <= now + 2 * between + 1us));
}

BOOST_AUTO_TEST_SUITE_END()
