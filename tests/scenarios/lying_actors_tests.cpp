#include "tests/scenarios/lying_actors.hpp"

#include <iostream>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/schedules.hpp"

using namespace cafmesh::test;

// Runs random schedules in which a member of the mesh lies about names and
// actors.
namespace {

constexpr std::uint64_t usual_schedules = 50;

void print(const actor_lie_figures& x) {
  std::cout << "figure: a liar among actors: " << x.schedules << " schedules, "
            << x.acts << " acts, " << x.sessions
            << " sessions; after one act at most " << x.turns << " turns, "
            << x.bytes << " bytes and " << x.to_liar << " to the liar, "
            << x.lines << " lines; at most " << x.waiting << " bytes waiting, "
            << x.heap << " bytes of heap and " << x.actors
            << " actors more; requests answered after " << x.slowest.count()
            << " ms at most; at rest " << x.quiet << " bytes a minute"
            << std::endl;
}

} // namespace

BOOST_AUTO_TEST_SUITE(lying_actors_tests)

BOOST_AUTO_TEST_CASE(actors_bear_a_member_that_says_anything) {
  actor_lie_figures all;
  const bool many =
    run_schedules(usual_schedules, [&](std::uint64_t seed, std::string& story) {
      lying_actors mesh{seed};
      auto wrong = mesh.run_schedule();
      all.add(mesh.figures);
      story = std::move(mesh.story);
      return wrong;
    });
  if (many)
    BOOST_TEST((all.sessions > 0u && all.waiting > 0u));
  print(all);
}

BOOST_AUTO_TEST_SUITE_END()
