#include "tests/support/mesh.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests that all nodes of a mesh come to report the same topology.
BOOST_FIXTURE_TEST_SUITE(mesh_tests, mesh)

BOOST_AUTO_TEST_CASE(two_nodes_know_each_other) {
  build("ab");
  BOOST_TEST(all_know("a>b b>a"));
}

//   a --- b
//   |     |
//   c --- d --- e
BOOST_AUTO_TEST_CASE(five_nodes_report_the_same_topology) {
  build("ab bd ac cd de");
  BOOST_TEST(all_know("a>b a>c b>a b>d c>a c>d d>b d>c d>e e>d"));
}

BOOST_AUTO_TEST_CASE(nodes_connected_at_random_agree) {
  std::mt19937 rng{7};
  for (char letter : {'a', 'b', 'c', 'd', 'e'})
    add(letter);
  // Connects the nodes in a ring, so that none is isolated, and adds random
  // connections. No two nodes dial each other, because one of their two
  // connections would then replace the other from time to time.
  std::set<std::pair<std::size_t, std::size_t>> dialled;
  auto dial = [&](std::size_t x, std::size_t y) {
    if (dialled.insert(std::minmax(x, y)).second)
      nodes()[x]->connect_to(*nodes()[y]);
  };
  for (std::size_t i = 0; i < 5; ++i) {
    dial(i, (i + 1) % 5);
    dial(i, rng() % 5);
  }
  settle();
  BOOST_TEST(all_agree());
  BOOST_TEST(at('a').description().peers.size() == 5u);
}

BOOST_AUTO_TEST_CASE(discovery_makes_a_full_mesh_of_a_line) {
  for (char letter : {'a', 'b', 'c', 'd', 'e'}) {
    auto setup = settings_for(letter);
    setup.discovery = true;
    add(letter, setup);
  }
  for (char letter : {'b', 'c', 'd', 'e'})
    at(letter).connect_to(at(static_cast<char>(letter - 1)));
  run_for(seconds{60});
  BOOST_TEST(all_agree());
  for (auto& x : nodes())
    BOOST_TEST(x->degree() == 4u, x->topology());
}

//   a --- b --x-- c --- d
BOOST_AUTO_TEST_CASE(the_sides_of_a_partition_forget_each_other) {
  build("ab bc cd");
  net().unplug(at('b').host(), at('c').host());
  run_for(seconds{70});
  BOOST_TEST(at('a').topology() == "a>b b>a");
  BOOST_TEST(at('d').topology() == "c>d d>c");
}

BOOST_AUTO_TEST_CASE(a_healed_partition_is_one_mesh_again) {
  build("ab bc cd");
  net().unplug(at('b').host(), at('c').host());
  run_for(minutes{3});
  net().plug(at('b').host(), at('c').host());
  run_for(minutes{7});
  BOOST_TEST(all_know("a>b b>a b>c c>b c>d d>c"));
}

BOOST_AUTO_TEST_CASE(state_from_both_sides_of_a_partition_is_merged) {
  build("ab bc cd");
  net().unplug(at('b').host(), at('c').host());
  run_for(minutes{3});
  at('a').gossip("chan", "left");
  at('a').recorded("chan").state.insert("left");
  at('d').gossip("chan", "right");
  at('d').recorded("chan").state.insert("right");
  net().plug(at('b').host(), at('c').host());
  run_for(minutes{8});
  for (auto& x : nodes())
    BOOST_TEST((x->recorded("chan").state == texts{"left", "right"}),
               x->config().nickname);
}

BOOST_AUTO_TEST_CASE(replicated_state_converges_though_links_fail_at_random) {
  build("ab bc cd de ea ac bd");
  std::mt19937 rng{11};
  for (int i = 0; i < 40; ++i) {
    auto& who = *nodes()[rng() % 5];
    auto word = "w" + std::to_string(i);
    who.recorded("chan").state.insert(word);
    who.broadcast("chan", word);
    net().cut(nodes()[rng() % 5]->host(), nodes()[rng() % 5]->host());
    run_for(milliseconds{300});
  }
  run_for(minutes{2});
  BOOST_TEST(all_agree());
  for (auto& x : nodes())
    BOOST_TEST(x->recorded("chan").state.size() == 40u);
}

BOOST_AUTO_TEST_CASE(the_same_commands_lead_to_the_same_run) {
  build("ab bc ca");
  run_for(minutes{2});
  auto first = net().bytes_between(at('a').host(), at('b').host());
  for (char letter : {'a', 'b', 'c'})
    at(letter).stop();
  nodes().clear();
  build("ab bc ca");
  BOOST_TEST(all_know("a>b a>c b>a b>c c>a c>b"));
  BOOST_TEST(first > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
