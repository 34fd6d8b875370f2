#include <algorithm>
#include <chrono>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/real_mesh.hpp"
#include "tests/support/eventually.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of actors in different processes that find and use each other over a
// third process, which relays.
namespace {

std::string host(std::uint64_t number) {
  return "127.78.0." + std::to_string(number);
}

//   1 --- 2 --- 3        node 2 relays; discovery is off
struct line_of_three {
  line_of_three() {
    start(2, {});
    start(1, {host(2)});
    start(3, {host(2)});
    BOOST_TEST_REQUIRE(
      eventually([&] { return mesh[1].topology().size() == 3u; }));
  }
  void start(std::uint64_t number, std::vector<std::string> peers) {
    mesh.start({number,
                host(number),
                6783,
                std::move(peers),
                watchful_options({"--mesh.discovery=false"}),
                {}});
  }
  /// Waits until a node finds `count` actors of this name. The node then sends
  /// its `add` commands to the nearest one.
  bool finds(std::uint64_t node, const std::string& name, std::size_t count) {
    return eventually(
      [&] { return mesh[node].ask("find " + name) == std::to_string(count); });
  }
  /// @returns how long the action took
  template <class F>
  milliseconds time(F action) {
    auto before = std::chrono::steady_clock::now();
    action();
    return std::chrono::duration_cast<milliseconds>(
      std::chrono::steady_clock::now() - before);
  }

  real_mesh mesh;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_actors_tests, line_of_three)

BOOST_AUTO_TEST_CASE(an_actor_is_found_and_asked_over_a_relay) {
  BOOST_TEST(mesh[3].ask("publish adder") == "ok");
  BOOST_TEST_REQUIRE(finds(1, "adder", 1));
  BOOST_TEST(mesh[1].ask("add 40 2") == "42");
}

BOOST_AUTO_TEST_CASE(several_peers_publish_one_name_and_the_nearest_is_first) {
  BOOST_TEST(mesh[2].ask("publish adder") == "ok");
  BOOST_TEST(mesh[3].ask("publish adder") == "ok");
  BOOST_TEST_REQUIRE(finds(1, "adder", 2));
  mesh.kill({3});
  BOOST_TEST_REQUIRE(finds(1, "adder", 1));
  BOOST_TEST(mesh[1].ask("add 40 2") == "42");
}

// A peer two hops away is forgotten 1 s after the news that no route leads to
// it. On a busy machine, any single kill may take longer.
BOOST_AUTO_TEST_CASE(a_killed_process_s_actors_are_down_and_its_names_gone) {
  std::vector<milliseconds> took;
  for (int i = 0; i < 5; ++i) {
    if (i > 0)
      mesh.restart(3);
    BOOST_TEST(mesh[3].ask("publish adder") == "ok");
    BOOST_TEST_REQUIRE(finds(1, "adder", 1));
    took.push_back(time([&] {
      mesh.kill({3});
      BOOST_TEST(mesh[1].ask("down").find("left") == 0u);
    }));
    BOOST_TEST((took.back() <= seconds{2}));
    BOOST_TEST(finds(1, "adder", 0));
  }
  std::sort(took.begin(), took.end());
  note("down " + std::to_string(took.front().count()) + " to "
       + std::to_string(took.back().count())
       + " ms after kill -9 of a process two hops away, in five kills");
  BOOST_TEST((took.front() <= milliseconds{1200}));
}

BOOST_AUTO_TEST_CASE(a_restarted_process_is_another_life) {
  BOOST_TEST(mesh[3].ask("publish adder") == "ok");
  BOOST_TEST_REQUIRE(finds(1, "adder", 1));
  mesh.kill({3});
  mesh.restart(3);
  mesh[1].ask("down");
  BOOST_TEST(mesh[1].ask("add 1 1") != "2");
  BOOST_TEST(mesh[3].ask("publish adder") == "ok");
  BOOST_TEST_REQUIRE(finds(1, "adder", 1));
  BOOST_TEST(mesh[1].ask("add 1 1") == "2");
}

BOOST_AUTO_TEST_CASE(a_frozen_process_is_unreachable_and_then_reached_again) {
  BOOST_TEST(mesh[3].ask("publish adder") == "ok");
  BOOST_TEST_REQUIRE(finds(1, "adder", 1));
  mesh[3].freeze();
  auto why = mesh[1].ask("down");
  mesh[3].go_on();
  BOOST_TEST((why.find("left") == 0u || why.find("unreachable") == 0u), why);
  BOOST_TEST_REQUIRE(finds(1, "adder", 1));
  BOOST_TEST(mesh[1].ask("add 1 1") == "2");
}

BOOST_AUTO_TEST_SUITE_END()
