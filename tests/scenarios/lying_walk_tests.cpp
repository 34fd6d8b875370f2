#include "tests/scenarios/lying_walk.hpp"

#include <cstdlib>
#include <iostream>

#include <boost/test/unit_test.hpp>

using namespace cafmesh::test;

namespace {

// These take less than ten seconds.
constexpr std::uint64_t usual_schedules = 100;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const auto* text = std::getenv(name);
  return text != nullptr ? std::stoull(text) : otherwise;
}

void print(const lying_figures& x) {
  std::cout << "figure: a liar in the mesh: " << x.schedules << " schedules, "
            << x.acts << " acts, " << x.checks << " checks; at most "
            << x.recovery << " s until all agreed, " << x.peers << " peers, "
            << x.waiting << " bytes waiting, " << x.actors
            << " more actors; after one act at most " << x.turns << " turns, "
            << x.bytes << " bytes, " << x.lines << " lines; " << x.replacements
            << " connections replaced, " << x.circled << " messages circled"
            << std::endl;
}

bool walk(std::uint64_t seed, lying_figures& all, bool tell) {
  BOOST_TEST_INFO_SCOPE("CAFMESH_SEED=" << seed);
  lying_walk mesh{seed};
  auto wrong = mesh.run_schedule();
  all.add(mesh.figures);
  if (tell)
    std::cout << mesh.story << std::flush;
  BOOST_TEST(wrong.empty(), "CAFMESH_SEED=" << seed << ": " << wrong << "\n"
                                            << mesh.story);
  return wrong.empty();
}

} // namespace

BOOST_AUTO_TEST_SUITE(lying_walk_tests)

// The environment variables are those of random_walk_tests.
BOOST_AUTO_TEST_CASE(a_mesh_bears_a_member_that_says_anything) {
  lying_figures all;
  if (std::getenv("CAFMESH_SEED") != nullptr) {
    walk(from_environment("CAFMESH_SEED", 0), all, true);
  } else {
    auto first = from_environment("CAFMESH_FIRST_SEED", 1);
    auto last = first + from_environment("CAFMESH_SCHEDULES", usual_schedules);
    auto failed = 0;
    for (auto seed = first; seed < last && failed < 3; ++seed)
      if (!walk(seed, all, false))
        ++failed;
    BOOST_TEST(all.circled > 0u);
  }
  print(all);
}

BOOST_AUTO_TEST_SUITE_END()
