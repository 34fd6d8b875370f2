#include "tests/scenarios/random_walk.hpp"

#include <algorithm>
#include <iostream>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/schedules.hpp"

using namespace cafmesh::test;

// Runs random schedules of faults and restarts.
namespace {

// Together, these schedules take less than a minute on a busy machine.
constexpr std::uint64_t usual_schedules = 2000;

/// Sums and maxima over all schedules.
struct totals {
  std::size_t schedules = 0;
  std::size_t steps = 0;
  std::size_t checks = 0;
  std::uint64_t turns = 0;
  unsigned longest_recovery = 0;

  void add(const random_walk& x) {
    ++schedules;
    steps += x.steps;
    checks += x.checks;
    turns += x.turns();
    longest_recovery = std::max(longest_recovery, x.recovery);
  }
  void print() const {
    std::cout << "figure: random walk: " << schedules << " schedules, " << steps
              << " steps, " << checks << " checks, " << turns
              << " turns of actors; at most " << longest_recovery
              << " s until all agreed" << std::endl;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(random_walk_tests)

BOOST_AUTO_TEST_CASE(a_mesh_recovers_from_any_sequence_of_faults) {
  totals all;
  run_schedules(usual_schedules, [&](std::uint64_t seed, std::string& story) {
    random_walk mesh{seed};
    auto wrong = mesh.run_schedule();
    all.add(mesh);
    story = std::move(mesh.story);
    return wrong;
  });
  all.print();
}

BOOST_AUTO_TEST_CASE(a_schedule_can_be_repeated) {
  std::string first;
  for (auto i = 0; i < 2; ++i) {
    random_walk mesh{4711};
    auto wrong = mesh.run_schedule();
    auto what = mesh.story + wrong + std::to_string(mesh.turns());
    BOOST_TEST((i == 0 || what == first));
    first = what;
  }
}

BOOST_AUTO_TEST_SUITE_END()
