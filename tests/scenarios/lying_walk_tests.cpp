#include "tests/scenarios/lying_walk.hpp"

#include <iostream>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/schedules.hpp"

using namespace cafmesh::test;

// Runs random schedules in which a member of the mesh sends forged messages.
namespace {

// Together, these schedules take less than ten seconds.
constexpr std::uint64_t usual_schedules = 100;

void print(const lying_figures& x) {
  std::cout << "figure: a liar in the mesh: " << x.schedules << " schedules, "
            << x.acts << " acts, " << x.checks << " checks; at most "
            << x.recovery << " s until all agreed, " << x.peers << " peers, "
            << x.waiting << " bytes waiting, " << x.actors
            << " more actors; after one act at most " << x.turns << " turns, "
            << x.bytes << " bytes and " << x.answered << " to the liar, "
            << x.lines << " lines; " << x.looped << " messages looped"
            << std::endl;
}

} // namespace

BOOST_AUTO_TEST_SUITE(lying_walk_tests)

BOOST_AUTO_TEST_CASE(a_mesh_bears_a_member_that_says_anything) {
  lying_figures all;
  const bool many =
    run_schedules(usual_schedules, [&](std::uint64_t seed, std::string& story) {
      lying_walk mesh{seed};
      auto wrong = mesh.run_schedule();
      all.add(mesh.figures);
      story = std::move(mesh.story);
      return wrong;
    });
  if (many)
    BOOST_TEST(all.looped > 0u);
  print(all);
}

BOOST_AUTO_TEST_SUITE_END()
