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
  /// @returns how long the action took
  template <class F>
  milliseconds time(F action) {
    auto before = std::chrono::steady_clock::now();
    action();
    return std::chrono::duration_cast<milliseconds>(
      std::chrono::steady_clock::now() - before);
  }

  /// Sorts the times between kills and down messages, and prints them.
  static void note_kills(const std::string& where,
                         std::vector<milliseconds>& all) {
    std::sort(all.begin(), all.end());
    note("down " + std::to_string(all.front().count()) + " to "
         + std::to_string(all.back().count()) + " ms after kill -9, " + where);
  }

  real_mesh mesh;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_actors_tests, line_of_three)

BOOST_AUTO_TEST_CASE(an_actor_is_found_and_asked_over_a_relay) {
  BOOST_TEST(mesh[3].ask("publish adder") == "ok");
  BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 1));
  BOOST_TEST(mesh[1].ask("add 40 2") == "42");
}

BOOST_AUTO_TEST_CASE(several_peers_publish_one_name_and_the_nearest_is_first) {
  BOOST_TEST(mesh[2].ask("publish adder") == "ok");
  BOOST_TEST(mesh[3].ask("publish adder") == "ok");
  BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 2));
  mesh.kill({3});
  BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 1));
  BOOST_TEST(mesh[1].ask("add 40 2") == "42");
}

// Node 2 sees the socket of node 3 close. Node 1 hears of it from node 2, and
// forgets node 3 a second later, see `collection_delay`. On a busy machine, any
// single kill may take longer.
BOOST_AUTO_TEST_CASE(a_killed_process_s_actors_are_down_and_its_names_gone) {
  std::vector<milliseconds> at_neighbour;
  std::vector<milliseconds> two_hops_away;
  for (int i = 0; i < 5; ++i) {
    if (i > 0)
      mesh.restart(3);
    BOOST_TEST(mesh[3].ask("publish adder") == "ok");
    BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 1));
    BOOST_TEST_REQUIRE(mesh.finds(2, "adder", 1));
    two_hops_away.push_back(time([&] {
      at_neighbour.push_back(time([&] {
        mesh.kill({3});
        BOOST_TEST(mesh[2].ask("down").find("left") == 0u);
      }));
      BOOST_TEST(mesh[1].ask("down").find("left") == 0u);
    }));
    BOOST_TEST((two_hops_away.back() <= seconds{3}));
    BOOST_TEST(mesh.finds(1, "adder", 0));
  }
  note_kills("at a neighbour", at_neighbour);
  note_kills("two hops away", two_hops_away);
  BOOST_TEST((at_neighbour.front() <= milliseconds{100}));
}

BOOST_AUTO_TEST_CASE(a_restarted_process_is_another_life) {
  BOOST_TEST(mesh[3].ask("publish adder") == "ok");
  BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 1));
  mesh.kill({3});
  mesh.restart(3);
  mesh[1].ask("down");
  BOOST_TEST(mesh[1].ask("add 1 1") != "2");
  BOOST_TEST(mesh[3].ask("publish adder") == "ok");
  BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 1));
  BOOST_TEST(mesh[1].ask("add 1 1") == "2");
}

BOOST_AUTO_TEST_CASE(a_frozen_process_is_unreachable_and_then_reached_again) {
  BOOST_TEST(mesh[3].ask("publish adder") == "ok");
  BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 1));
  mesh[3].freeze();
  auto why = mesh[1].ask("down");
  mesh[3].go_on();
  BOOST_TEST((why.find("left") == 0u || why.find("unreachable") == 0u), why);
  BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 1));
  BOOST_TEST(mesh[1].ask("add 1 1") == "2");
}

BOOST_AUTO_TEST_SUITE_END()
