#include "actors/core/mesh/disjoint_paths.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/known_peers.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct fixture : known_peers {
  std::size_t paths_to(unsigned peer) {
    const auto mesh = known.graph();
    std::size_t result = 0;
    while (has_disjoint_paths(mesh, peers::self, at(peer), result + 1))
      ++result;
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(disjoint_paths_tests, fixture)

// In the drawings, our peer is number 5.
//     5 - 1
BOOST_AUTO_TEST_CASE(the_connection_itself_does_not_count) {
  put(us, {1});
  put(1, {us});
  BOOST_TEST(paths_to(1) == 0u);
}

//  5 - 1, 5 - 2 - 1, 5 - 3 - 1
BOOST_AUTO_TEST_CASE(each_common_neighbour_is_a_path) {
  put(us, {1, 2, 3});
  put(1, {2, 3, us});
  put(2, {1, us});
  put(3, {1, us});
  BOOST_TEST(paths_to(1) == 2u);
}

//  5 - 2 - 4 - 1, 5 - 3 - 4
BOOST_AUTO_TEST_CASE(paths_over_one_connection_count_once) {
  put(us, {2, 3});
  put(1, {4});
  put(2, {4, us});
  put(3, {4, us});
  put(4, {1, 2, 3});
  BOOST_TEST(paths_to(1) == 1u);
}

// 5 - 2 - 3 - 1 is the shortest path.
// Only 5 - 2 - 6 - 7 - 1 and 5 - 8 - 9 - 3 - 1 are disjoint.
BOOST_AUTO_TEST_CASE(a_shortest_path_does_not_stand_in_the_way_of_two) {
  put(us, {2, 8});
  put(1, {3, 7});
  put(2, {3, us, 6});
  put(3, {1, 2, 9});
  put(6, {2, 7});
  put(7, {1, 6});
  put(8, {us, 9});
  put(9, {3, 8});
  BOOST_TEST(paths_to(1) == 2u);
}

// 5 - 2 - 4 - 6 - 1 and 5 - 3 - 4 - 7 - 1 both lead over peer 4.
BOOST_AUTO_TEST_CASE(paths_over_one_peer_count_once) {
  put(us, {2, 3});
  put(1, {6, 7});
  put(2, {4, us});
  put(3, {4, us});
  put(4, {2, 3, 6, 7});
  put(6, {1, 4});
  put(7, {1, 4});
  BOOST_TEST(paths_to(1) == 1u);
}

// We are 5. The paths: 5 - 2 - 1, and 5 - 3. Peer 1 reports a connection to 3,
// but 3 does not report it, so 5 - 3 - 1 is not a path.
BOOST_AUTO_TEST_CASE(connections_that_one_end_reports_do_not_count) {
  put(us, {2, 3});
  put(1, {2, 3});
  put(2, {1, us});
  put(3, {us});
  BOOST_TEST(paths_to(1) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
