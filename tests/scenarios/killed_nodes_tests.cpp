#include <boost/test/unit_test.hpp>

#include "tests/scenarios/real_mesh.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of nodes that are killed and restart without their state. All nodes run
// on this machine, each at an address of its own.
namespace {

std::string host(std::uint64_t number) {
  return "127.77.0." + std::to_string(number);
}

struct crowd {
  real_mesh mesh;

  // Heartbeats from many nodes on few processors arrive late, so nodes allow
  // 10 s of silence.
  void start(const numbers& which, std::uint64_t joined_through = 1) {
    const auto options =
      watchful_options({"--mesh.heartbeat-interval=1s", "--mesh.patience=10s"});
    for (auto x : which)
      mesh.start({x, host(x), 6783, {host(joined_through)}, options, {}});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(killed_nodes_tests, crowd)

BOOST_AUTO_TEST_CASE(nodes_that_joined_through_a_killed_node_work_without_it) {
  constexpr seconds bound{10};
  start(range(1, 5));
  mesh.increment(mesh.all(), 2);
  BOOST_TEST_REQUIRE(mesh.agree(seconds{30}).has_value());
  auto before = mesh.held_at_rest();
  before.erase(1);
  mesh.kill({1});
  mesh.increment(mesh.all());
  const auto without = mesh.agree(bound);
  BOOST_TEST_REQUIRE(without.has_value(), mesh.views(mesh.all()));
  start({6}, 3);
  const auto joined = mesh.agree(bound);
  BOOST_TEST_REQUIRE(joined.has_value(), mesh.views(mesh.all()));
  mesh.increment(mesh.all());
  BOOST_TEST(mesh.agree(bound).has_value(), mesh.views(mesh.all()));
  BOOST_TEST(mesh.leaked_since(before, seconds{40}) == "");
  note("kill -9 of whom 4 joined through: they agreed after "
       + std::to_string(without->count()) + " ms, with a new node that joined "
       + "through another " + std::to_string(joined->count()) + " ms later");
  note("  " + growth(before, mesh.held()));
}

BOOST_AUTO_TEST_CASE(half_of_20_nodes_are_killed_and_restart) {
  constexpr seconds bound{30};
  start(range(1, 20));
  mesh.increment(mesh.all());
  const auto formed = mesh.agree(bound);
  BOOST_TEST_REQUIRE(formed.has_value(), mesh.views({1, 2}));
  auto before = mesh.held_at_rest();
  mesh.kill(range(1, 10));
  const auto left = mesh.agree(bound);
  BOOST_TEST_REQUIRE(left.has_value(), mesh.views({11, 12}));
  for (auto x : range(1, 10)) {
    mesh.restart(x);
    before.erase(x);
  }
  const auto back = mesh.agree(bound);
  BOOST_TEST_REQUIRE(back.has_value(), mesh.views({1, 11}));
  mesh.increment(mesh.all());
  BOOST_TEST(mesh.agree(bound).has_value(), mesh.views({1, 11}));
  BOOST_TEST(mesh.leaked_since(before, seconds{40}) == "");
  note("20 nodes: agreed " + std::to_string(formed->count())
       + " ms after the last had started; with 10 killed, "
       + std::to_string(left->count()) + " ms; with them back, "
       + std::to_string(back->count()) + " ms");
  note("  " + growth(before, mesh.held()));
}

BOOST_AUTO_TEST_SUITE_END()
