#include <boost/test/unit_test.hpp>

#include "tests/scenarios/network.hpp"
#include "tests/scenarios/real_mesh.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a peer, node 2, that others know only by its host name. The name
// later resolves to a different address.
//
//     1 -- 2 (node-b.test)
//     |
//     3
namespace {

struct by_name {
  network net{3};
  private_hosts hosts;
  real_mesh mesh;
  static inline const std::string name = "node-b.test";

  by_name() {
    hosts.say(name, net.address(2));
    start(1, net.address(1), {name + ":6783"});
    start(2, net.address(2), {});
    start(3, net.address(3), {net.address(1)});
    mesh.increment(mesh.all());
    BOOST_TEST_REQUIRE(mesh.agree(seconds{20}).has_value());
  }
  void start(std::uint64_t number, const std::string& host,
             std::vector<std::string> peers) {
    auto setup = net.setup(number, std::move(peers), watchful_options());
    setup.host = host;
    mesh.start(std::move(setup));
  }
};

bool is_possible(boost::unit_test::test_unit_id) {
  return network::is_possible();
}

} // namespace

BOOST_AUTO_TEST_SUITE(moved_peer_tests,
                      *boost::unit_test::precondition(is_possible))

BOOST_FIXTURE_TEST_CASE(a_peer_is_found_at_the_new_address_of_its_name,
                        by_name) {
  // A dial to the old address may last up to 30 s.
  constexpr seconds bound{40};
  auto before = mesh.held_at_rest();
  before.erase(2);
  // With the link down, the kernel cannot tell the others that the connections
  // are closed.
  net.pull(2);
  mesh.kill({2});
  BOOST_TEST_REQUIRE(mesh.agree(bound).has_value(), mesh.views(mesh.all()));
  const std::string elsewhere = "10.99.0.200";
  net.plug_in(2);
  net.move(2, elsewhere);
  start(2, elsewhere, {});
  // No node may find the new address before the name resolves to it.
  std::this_thread::sleep_for(seconds{3});
  BOOST_TEST(mesh[2].topology().size() == 1u);
  hosts.say(name, elsewhere);
  const auto found = mesh.agree(bound);
  BOOST_TEST_REQUIRE(found.has_value(), mesh.views(mesh.all()));
  mesh.increment(mesh.all());
  BOOST_TEST(mesh.agree(bound).has_value(), mesh.views(mesh.all()));
  BOOST_TEST(mesh.leaked_since(before, seconds{40}) == "");
  note("a peer at another address: all agreed " + std::to_string(found->count())
       + " ms after its name had followed");
  note("  " + growth(before, mesh.held()));
}

BOOST_AUTO_TEST_SUITE_END()
