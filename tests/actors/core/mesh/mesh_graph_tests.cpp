#include "actors/core/mesh/mesh_graph.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/known_peers.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct fixture : known_peers {
  std::string reached() {
    auto marks = known.graph().established_from(peers::self);
    std::vector<peer_name> result;
    for (auto who : known.by_name())
      if (marks.at(who))
        result.push_back(known.summary(who).name);
    return numbers(result);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_graph_tests, fixture)

BOOST_AUTO_TEST_CASE(we_reach_ourselves) {
  BOOST_TEST(reached() == "5");
}

//  5 - 1 - 2 - 3
BOOST_AUTO_TEST_CASE(every_peer_of_a_line_is_reached) {
  put(us, {1});
  put(1, {2, us});
  put(2, {1, 3});
  put(3, {2});
  BOOST_TEST(reached() == "1 2 3 5");
}

//  5 - 1 - 2 - 5, and 1 > 3
// Only peer 1 reports the connection to 3.
BOOST_AUTO_TEST_CASE(connections_that_one_end_reports_lead_nowhere) {
  put(us, {1, 2});
  put(1, {2, 3, us});
  put(2, {1, us});
  put(3, {});
  BOOST_TEST(reached() == "1 2 5");
}

BOOST_AUTO_TEST_CASE(an_edge_can_name_the_greatest_slot) {
  edge_list gathered;
  gathered.append(adjacency::max_slot, false, true);
  adjacency connections{gathered};
  BOOST_TEST_REQUIRE(connections.edges().size() == 1u);
  auto edge = connections.edges().front();
  BOOST_TEST(slot{edge.to} == adjacency::max_slot);
  BOOST_TEST(slot{edge.outbound} == 0u);
  BOOST_TEST(slot{edge.established} == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
