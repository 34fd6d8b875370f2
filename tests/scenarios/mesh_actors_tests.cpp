#include <algorithm>
#include <chrono>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/real_mesh.hpp"
#include "tests/support/eventually.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of actors in different processes that find and use each other through a
// third process, which relays their messages.
namespace {

std::string host(std::uint64_t number) {
  return "127.78.0." + std::to_string(number);
}

/// A mesh in which discovery is off.
struct fixture {
  void start(std::uint64_t number, std::vector<std::string> peers) {
    mesh.start({number,
                host(number),
                6783,
                std::move(peers),
                watchful_options({"--mesh.discovery=false"}),
                {}});
  }
  template <class F>
  milliseconds time(F action) {
    auto before = std::chrono::steady_clock::now();
    action();
    return std::chrono::duration_cast<milliseconds>(
      std::chrono::steady_clock::now() - before);
  }

  /// The times between kills of `victim` and the down messages at two nodes.
  struct times {
    std::vector<milliseconds> at_neighbour;
    std::vector<milliseconds> far_away;
  };
  /// Publishes an actor and kills its process, five times.
  times kill_five_times(std::uint64_t victim, std::uint64_t neighbour,
                        std::uint64_t far) {
    times result;
    for (int i = 0; i < 5; ++i) {
      if (i > 0)
        mesh.restart(victim);
      BOOST_TEST(mesh[victim].ask("publish adder") == "ok");
      BOOST_TEST_REQUIRE(mesh.finds(far, "adder", 1));
      BOOST_TEST_REQUIRE(mesh.finds(neighbour, "adder", 1));
      result.far_away.push_back(time([&] {
        result.at_neighbour.push_back(time([&] {
          mesh.kill({victim});
          BOOST_TEST(mesh[neighbour].ask("down").find("left") == 0u);
        }));
        BOOST_TEST(mesh[far].ask("down").find("left") == 0u);
      }));
      BOOST_TEST((result.far_away.back() <= seconds{3}));
      BOOST_TEST(mesh.finds(far, "adder", 0));
    }
    return result;
  }

  /// Prints the times and checks their median. On a busy machine, a single kill
  /// may take longer.
  static void check(const std::string& where, std::vector<milliseconds> all) {
    std::sort(all.begin(), all.end());
    auto median = all[all.size() / 2];
    note("down " + std::to_string(median.count()) + " ms after kill -9 ("
         + std::to_string(all.front().count()) + " to "
         + std::to_string(all.back().count()) + "), " + where);
    BOOST_TEST((median <= milliseconds{100}), where);
  }

  real_mesh mesh;
};

//   1 --- 2 --- 3        node 2 relays
struct line_of_three : fixture {
  line_of_three() {
    start(2, {});
    start(1, {host(2)});
    start(3, {host(2)});
    BOOST_TEST_REQUIRE(
      eventually([&] { return mesh[1].topology().size() == 3u; }));
  }
};

// 1 and 5 are both connected to 2, 3 and 4.
struct three_between : fixture {
  three_between() {
    for (std::uint64_t x : {2, 3, 4})
      start(x, {});
    start(1, {host(2), host(3), host(4)});
    start(5, {host(2), host(3), host(4)});
    BOOST_TEST_REQUIRE(
      eventually([&] { return mesh[1].topology().size() == 5u; }));
    // A node takes part in the layer of remote actors only after its first
    // command about actors.
    for (std::uint64_t x : {3, 4})
      mesh[x].ask("find adder");
  }
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
  // For node 1, node 2 is nearer than node 3. For node 3, node 3 itself is
  // nearest.
  for (std::uint64_t where : {1, 3})
    BOOST_TEST_REQUIRE(mesh.finds(where, "adder", 2));
  BOOST_TEST(mesh[1].ask("nearest") == mesh[2].name());
  BOOST_TEST(mesh[3].ask("nearest") == mesh[3].name());
  mesh.kill({3});
  BOOST_TEST_REQUIRE(mesh.finds(1, "adder", 1));
  BOOST_TEST(mesh[1].ask("add 40 2") == "42");
}

// Node 2 sees the socket of node 3 close, and reports that.
BOOST_AUTO_TEST_CASE(a_killed_process_s_actors_are_down_and_its_names_gone) {
  auto all = kill_five_times(3, 2, 1);
  check("at the only neighbour", all.at_neighbour);
  check("two hops away", all.far_away);
}

BOOST_FIXTURE_TEST_CASE(so_they_are_if_the_process_has_several_neighbours,
                        three_between) {
  auto all = kill_five_times(5, 2, 1);
  check("at one of three neighbours", all.at_neighbour);
  check("behind three neighbours", all.far_away);
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
