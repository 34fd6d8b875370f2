#include <boost/test/unit_test.hpp>

#include "tests/scenarios/network.hpp"
#include "tests/scenarios/real_mesh.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// A test of links that are slow and lose packets.
namespace {

bool is_possible(boost::unit_test::test_unit_id) {
  return network::can_be_bad();
}

} // namespace

BOOST_AUTO_TEST_SUITE(lossy_links_tests,
                      *boost::unit_test::precondition(is_possible))

// If 10 % of packets are lost, one in a thousand is lost three times in a row.
// TCP is then silent for four seconds.
BOOST_AUTO_TEST_CASE(
  a_mesh_forms_and_lasts_on_slow_links_with_10_percent_loss) {
  constexpr seconds bound{60};
  network net{5, {milliseconds{100}, 0.1}};
  const auto measured = net.ping(1, 2, 200);
  BOOST_TEST(measured.round_trip.count() >= 200);
  BOOST_TEST(measured.loss > 0.1);
  BOOST_TEST(measured.loss < 0.3);
  real_mesh mesh;
  // Only one node of each pair dials the other. If both did, a second
  // connection could arrive seconds later and replace the first. That would
  // look like a lost connection.
  std::vector<std::string> lower{net.address(1)};
  for (auto x : range(1, 5)) {
    mesh.start(net.setup(x, lower,
                         watchful_options({"--mesh.discovery=false",
                                           "--mesh.heartbeat-interval=1s",
                                           "--mesh.patience=20s"})));
    if (x > 1)
      lower.push_back(net.address(x));
  }
  mesh.increment(mesh.all());
  const auto formed = mesh.agree(bound);
  BOOST_TEST_REQUIRE(formed.has_value(), mesh.views(mesh.all()));
  const auto topology = mesh[1].topology();
  const auto before = mesh.held_at_rest();
  mesh.increment(mesh.all(), 20);
  const auto counted = mesh.agree(bound);
  BOOST_TEST_REQUIRE(counted.has_value(), mesh.views(mesh.all()));
  const auto lasted = mesh[1].topology();
  BOOST_TEST((lasted == topology),
             "before: " << topology.dump() << "\nafter: " << lasted.dump());
  BOOST_TEST(mesh.leaked_since(before, seconds{40}) == "");
  note(std::string{net.has_netem() ? "netem" : "a switch of ours"}
       + ", round trips of " + std::to_string(measured.round_trip.count())
       + " ms, " + std::to_string(static_cast<int>(100 * measured.loss))
       + " % of them lost: 5 nodes formed a mesh within "
       + std::to_string(formed->count()) + " ms and agreed on 100 increments "
       + std::to_string(counted->count()) + " ms after the last");
  note("  " + growth(before, mesh.held()));
}

BOOST_AUTO_TEST_SUITE_END()
