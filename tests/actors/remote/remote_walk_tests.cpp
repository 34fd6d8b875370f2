#include <cstdint>

#include <boost/test/unit_test.hpp>

#include "tests/actors/remote/actor_walk.hpp"

/// Tests of actors in systems in a line or in a ring. At random, links fail,
/// nodes restart and actors end.
using namespace cafmesh;
using namespace cafmesh::test;

namespace {

/// What happened in some walks.
struct walk_totals {
  int arrived = 0;
  int large = 0;
  int answered = 0;
  int failed = 0;
  int ended_by_exits = 0;

  void add(const actor_walk& x) {
    arrived += x.count;
    large += x.large;
    for (const auto& each : x.targets)
      ended_by_exits += each.alive && !*each.runs ? 1 : 0;
    for (const auto& [from, request] : x.requests) {
      answered += request->results - request->errors;
      failed += request->errors;
    }
  }
};

/// Walks, repairs all links, and checks what everybody got.
void walk(std::uint32_t seed, shape mesh, walk_totals& totals) {
  actor_walk walk{seed, mesh};
  for (int i = 0; i < 3; ++i)
    walk.spawn_target();
  for (int i = 0; i < 400; ++i) {
    walk.act();
    walk.run_for(milliseconds{walk.roll(40)});
  }
  walk.repair_links();
  walk.run_for(seconds{30});
  walk.check_downs();
  walk.check_requests();
  BOOST_TEST(walk.complaints.empty(),
             (walk.complaints.empty() ? "" : walk.complaints.front()));
  totals.add(walk);
  walk.handles.clear();
  for (auto& x : walk.targets)
    x.actor = nullptr;
}

walk_totals walk_often(shape mesh, std::uint32_t seeds) {
  walk_totals result;
  for (std::uint32_t seed = 1; seed <= seeds; ++seed)
    BOOST_TEST_CONTEXT("seed " << seed) {
      walk(seed, mesh, result);
    }
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(remote_walk_tests)

BOOST_AUTO_TEST_CASE(order_holds_and_everybody_hears_once_whatever_fails) {
  auto totals = walk_often(shape::line, 32);
  BOOST_TEST(totals.arrived > 500);
  BOOST_TEST(totals.large > 50);
  BOOST_TEST(totals.answered > 100);
  BOOST_TEST(totals.failed > 50);
  BOOST_TEST(totals.ended_by_exits > 10);
}

//   a - b
//   |   |   Each machine has two routes to every other.
//   d - c
BOOST_AUTO_TEST_CASE(order_holds_while_routes_change) {
  auto totals = walk_often(shape::ring, 16);
  BOOST_TEST(totals.arrived > 500);
  BOOST_TEST(totals.large > 50);
  BOOST_TEST(totals.answered > 50);
}

BOOST_AUTO_TEST_SUITE_END()
