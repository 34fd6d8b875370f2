#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/network.hpp"
#include "tests/scenarios/real_mesh.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// A test with a link that fails and recovers again and again.
namespace {

/// The version of a node's own record, which grows with each change of the
/// node's connections.
std::int64_t version_of(real_mesh& mesh, std::uint64_t which) {
  for (const auto& x : mesh[which].topology())
    if (x.at("name") == mesh[which].name())
      return x.at("version");
  return 0;
}

bool is_possible(boost::unit_test::test_unit_id) {
  return network::is_possible();
}

} // namespace

BOOST_AUTO_TEST_SUITE(flapping_link_tests,
                      *boost::unit_test::precondition(is_possible))

BOOST_AUTO_TEST_CASE(a_flapping_link_loses_no_counts_and_leaks_no_memory) {
  constexpr int rounds = 12;
  constexpr seconds bound{20};
  network net{4};
  real_mesh mesh;
  for (auto x : range(1, 4))
    mesh.start(net.setup(x, {net.address(1)},
                         watchful_options({"--mesh.heartbeat-interval=200ms",
                                           "--mesh.patience=1s"})));
  mesh.increment(mesh.all());
  BOOST_TEST_REQUIRE(mesh.agree(bound).has_value());
  const auto before = mesh.held_at_rest();
  const auto version = version_of(mesh, 2);
  for (int i = 0; i < rounds; ++i) {
    std::this_thread::sleep_for(seconds{1});
    net.pull(2);
    mesh.increment(mesh.all());
    std::this_thread::sleep_for(milliseconds{1400});
    net.plug_in(2);
    mesh.increment(mesh.all());
  }
  const auto settled = mesh.agree(bound);
  BOOST_TEST_REQUIRE(settled.has_value(), mesh.views(mesh.all()));
  const auto changes = version_of(mesh, 2) - version;
  BOOST_TEST(changes >= 2 * rounds);
  BOOST_TEST(mesh.leaked_since(before, seconds{40}) == "");
  note("a link that was down " + std::to_string(rounds) + " times: "
       + std::to_string(changes) + " changes of connections; all agreed "
       + std::to_string(settled->count()) + " ms after the last");
  note("  " + growth(before, mesh.held()));
}

BOOST_AUTO_TEST_SUITE_END()
