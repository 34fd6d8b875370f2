#include "tests/scenarios/random_walk.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <boost/test/unit_test.hpp>

using namespace cafmesh::test;

namespace {

// These take less than a minute on a busy machine.
constexpr std::uint64_t usual_schedules = 2000;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const auto* text = std::getenv(name);
  return text != nullptr ? std::stoull(text) : otherwise;
}

/// Totals over all schedules.
struct totals {
  std::size_t schedules = 0;
  std::size_t steps = 0;
  std::size_t checks = 0;
  std::uint64_t turns = 0;
  unsigned longest_recovery = 0;

  void print() const {
    std::cout << "figure: random walk: " << schedules << " schedules, " << steps
              << " steps, " << checks << " checks, " << turns
              << " turns of actors; at most " << longest_recovery
              << " s until all agreed" << std::endl;
  }
};

bool walk(std::uint64_t seed, totals& all, bool tell) {
  random_walk mesh{seed};
  auto wrong = mesh.run_schedule();
  ++all.schedules;
  all.steps += mesh.steps;
  all.checks += mesh.checks;
  all.turns += mesh.turns();
  all.longest_recovery = std::max(all.longest_recovery, mesh.recovery);
  if (tell)
    std::cout << mesh.story << std::flush;
  BOOST_TEST(wrong.empty(), "CAFMESH_SEED=" << seed << ": " << wrong << "\n"
                                            << mesh.story);
  return wrong.empty();
}

} // namespace

BOOST_AUTO_TEST_SUITE(random_walk_tests)

// CAFMESH_SEED=N runs that schedule alone and prints its steps.
// CAFMESH_SCHEDULES is the number of schedules, CAFMESH_FIRST_SEED the first
// seed.
BOOST_AUTO_TEST_CASE(a_mesh_recovers_from_any_sequence_of_faults) {
  totals all;
  if (std::getenv("CAFMESH_SEED") != nullptr) {
    walk(from_environment("CAFMESH_SEED", 0), all, true);
  } else {
    auto first = from_environment("CAFMESH_FIRST_SEED", 1);
    auto last = first + from_environment("CAFMESH_SCHEDULES", usual_schedules);
    auto failed = 0;
    for (auto seed = first; seed < last && failed < 3; ++seed)
      if (!walk(seed, all, false))
        ++failed;
  }
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
