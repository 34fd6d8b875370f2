#include "actors/core/directory/directory_hops.hpp"

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::names;

namespace {

peer_name number(unsigned x) {
  return peer_name::from_number(x);
}

peer_record record(unsigned who, const std::vector<unsigned>& remotes) {
  peer_record result;
  result.peer.name = number(who);
  for (auto x : remotes) {
    connection_summary connection;
    connection.remote = number(x);
    result.connections.push_back(connection);
  }
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(directory_hops_tests)

//   1 --- 2 --- 3 --- 4, and 1 --- 5 --- 4; 6 is alone
BOOST_AUTO_TEST_CASE(hops_count_connections_on_a_shortest_path) {
  mesh_description x{number(1),
                     {record(1, {2, 5}), record(2, {1, 3}), record(3, {2, 4}),
                      record(4, {3, 5}), record(5, {1, 4}), record(6, {})}};
  const std::map<peer_name, unsigned> expected{{number(1), 0},
                                               {number(2), 1},
                                               {number(5), 1},
                                               {number(3), 2},
                                               {number(4), 2}};
  BOOST_TEST((hops_of(x) == expected));
}

BOOST_AUTO_TEST_CASE(a_mesh_without_records_is_the_peer_alone) {
  BOOST_TEST(hops_of({number(1), {}}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_peer_without_a_record_leads_nowhere) {
  mesh_description x{number(1),
                     {record(1, {2, 9}), record(3, {7}), record(8, {9})}};
  const std::map<peer_name, unsigned> expected{
    {number(1), 0}, {number(2), 1}, {number(9), 1}};
  BOOST_TEST((hops_of(x) == expected));
}

BOOST_AUTO_TEST_SUITE_END()
