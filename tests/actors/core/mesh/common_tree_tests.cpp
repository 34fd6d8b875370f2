#include "actors/core/mesh/common_tree.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/known_peers.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct fixture : known_peers {
  std::string neighbours() {
    std::vector<peer_name> result;
    for (auto who : neighbours_in_common_tree(known.graph()))
      result.push_back(known.summary(who).name);
    return numbers(result);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(common_tree_tests, fixture)

BOOST_AUTO_TEST_CASE(alone_we_have_none) {
  BOOST_TEST(neighbours() == "");
}

//  1 - 3 - 5 - 7, 1 - 4 - 5
BOOST_AUTO_TEST_CASE(the_parent_is_the_first_of_those_nearer_to_the_root) {
  put(us, {3, 4, 7});
  put(1, {3, 4});
  put(3, {1, us});
  put(4, {1, us});
  put(7, {us});
  BOOST_TEST(neighbours() == "3 7");
}

//  2 - 4 - 6, 2 - 5 - 6, 5 - 7
BOOST_AUTO_TEST_CASE(a_child_that_another_has_is_not_ours) {
  put(us, {2, 6, 7});
  put(2, {4, us});
  put(4, {2, 6});
  put(6, {4, us});
  put(7, {us});
  BOOST_TEST(neighbours() == "2 7");
}

//  6 - 5 - 7, 6 - 8 - 7
BOOST_AUTO_TEST_CASE(the_root_has_all_its_neighbours) {
  put(us, {6, 7});
  put(6, {us, 8});
  put(7, {us, 8});
  put(8, {6, 7});
  BOOST_TEST(neighbours() == "6 7");
}

//  5 - 6 - 7, 5 - 7, and 1 > 5, 1 > 6, 1 > 7
// Peer 1 claims to be connected to all, so that it would have them as children.
BOOST_AUTO_TEST_CASE(a_liar_with_the_lowest_name_changes_nothing) {
  put(us, {6, 7});
  put(6, {us, 7});
  put(7, {us, 6});
  put(1, {us, 6, 7});
  BOOST_TEST(neighbours() == "6 7");
}

//  5 - 3, 5 > 2
BOOST_AUTO_TEST_CASE(a_neighbour_that_does_not_report_us_is_not_in_it) {
  put(us, {2, 3});
  put(2, {});
  put(3, {us});
  BOOST_TEST(neighbours() == "3");
}

BOOST_AUTO_TEST_SUITE_END()
