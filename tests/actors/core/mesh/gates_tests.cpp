#include "actors/core/mesh/gates.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/known_peers.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct fixture : known_peers {
  /// The number of the gate to a peer; 0 if there is none.
  unsigned gate_of(unsigned peer) {
    const auto all = gates_from(known.graph(), peers::self);
    const auto gate = all[at(peer)];
    return gate == no_gate
             ? 0
             : static_cast<unsigned>(known.summary(gate).name.number());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gates_tests, fixture)

//  5 - 1 - 2 - 3
BOOST_AUTO_TEST_CASE(the_gate_is_the_nearest_peer_on_the_only_path) {
  put(us, {1});
  put(1, {2, us});
  put(2, {1, 3});
  put(3, {2});
  BOOST_TEST(gate_of(us) == 0u);
  BOOST_TEST(gate_of(1) == 0u);
  BOOST_TEST(gate_of(2) == 1u);
  BOOST_TEST(gate_of(3) == 1u);
}

//  5 - 1 - 3, 5 - 2 - 3, 3 - 4 - 6 - 3
BOOST_AUTO_TEST_CASE(where_two_paths_lead_there_is_no_gate) {
  put(us, {1, 2});
  put(1, {3, us});
  put(2, {3, us});
  put(3, {1, 2, 4, 6});
  put(4, {3, 6});
  put(6, {3, 4});
  BOOST_TEST(gate_of(3) == 0u);
  BOOST_TEST(gate_of(4) == 3u);
  BOOST_TEST(gate_of(6) == 3u);
}

//  5 - 1 - 3, 5 - 2 > 3
BOOST_AUTO_TEST_CASE(what_only_one_end_reports_is_no_path) {
  put(us, {1, 2});
  put(1, {3, us});
  put(2, {3, us});
  put(3, {1});
  BOOST_TEST(gate_of(3) == 1u);
}

//  5 - 1 - 2, and 3 - 4
BOOST_AUTO_TEST_CASE(a_peer_that_cannot_be_reached_has_no_gate) {
  put(us, {1});
  put(1, {2, us});
  put(2, {1});
  put(3, {4});
  put(4, {3});
  BOOST_TEST(gate_of(4) == 0u);
  BOOST_TEST(gate_of(2) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
