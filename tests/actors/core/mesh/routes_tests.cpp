#include "tests/actors/core/mesh/drawn_routes.hpp"

#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace cafmesh::test::drawn;

namespace {

using all_routes = std::vector<std::unique_ptr<const routes>>;

/// Relays a broadcast of `source` through the mesh, in which each peer uses its
/// own routes. Counts how often the broadcast arrives at each peer.
std::map<char, int> deliver(char source, const all_routes& all) {
  std::map<char, int> result;
  std::vector<char> open{source};
  while (!open.empty() && result.size() < 1000) {
    auto& here = *all[static_cast<std::size_t>(open.back() - 'A')];
    open.pop_back();
    for (auto to : targets(here, source)) {
      if (++result[to] == 1)
        open.push_back(to);
    }
  }
  return result;
}

/// The neighbour that sends broadcasts of `source` to a peer; `.` if none does.
char sender(const routes& to, char source) {
  auto found = to.broadcast_sender(name_of(source));
  return found ? static_cast<char>(found->number()) : '.';
}

/// The peer whose targets for broadcasts of `source` include `to.self()`.
char found_sender(const routes& to, char source, const all_routes& all) {
  for (auto& x : all)
    for (auto y : x->broadcast_targets(name_of(source)))
      if (y == to.self() && to.self() != name_of(source))
        return static_cast<char>(x->self().number());
  return '.';
}

/// The peers that `source` can reach, excluding itself.
std::set<char> reachable_from(char source, char last,
                              std::vector<drawn_link> links, route_scope r) {
  auto view = seen_by(source, last, std::move(links), r);
  std::set<char> result;
  for (char x = 'A'; x <= last; ++x)
    if (view.next_hop(name_of(x)))
      result.insert(x);
  return result;
}

void check_each_broadcast_arrives_once(route_scope r) {
  std::mt19937_64 rng{7};
  for (int round = 0; round < 200; ++round) {
    auto last =
      static_cast<char>('A' + std::uniform_int_distribution<int>{1, 14}(rng));
    auto links = random_links(last, rng);
    all_routes all;
    for (char x = 'A'; x <= last; ++x)
      all.emplace_back(new routes{seen_by(x, last, links, r)});
    for (char source = 'A'; source <= last; ++source) {
      for (auto& to : all)
        BOOST_REQUIRE(sender(*to, source) == found_sender(*to, source, all));
      std::map<char, int> expected;
      for (auto x : reachable_from(source, last, links, r))
        expected[x] = 1;
      BOOST_REQUIRE(deliver(source, all) == expected);
    }
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(routes_tests)

BOOST_AUTO_TEST_CASE(a_peer_alone_has_no_routes) {
  auto us = seen_by('A', 'A', parse({}));
  BOOST_TEST(hops(us) == ".");
  BOOST_TEST(us.reachable() == 1u);
  BOOST_TEST(targets(us, 'A') == "");
}

BOOST_AUTO_TEST_CASE(an_unknown_peer_has_no_path_and_no_tree) {
  auto us = seen_by('A', 'B', {"A-B"});
  BOOST_TEST(!us.next_hop(name_of('Z')));
  BOOST_TEST(targets(us, 'Z') == "");
}

//  A - B - C - D
BOOST_AUTO_TEST_CASE(on_a_line_all_paths_lead_through_the_neighbour) {
  std::vector<std::string> line{"A-B", "B-C", "C-D"};
  BOOST_TEST(hops(seen_by('A', 'D', line)) == ".BBB");
  BOOST_TEST(hops(seen_by('B', 'D', line)) == "A.CC");
  BOOST_TEST(targets(seen_by('B', 'D', line), 'A') == "C");
  BOOST_TEST(targets(seen_by('B', 'D', line), 'B') == "AC");
  BOOST_TEST(targets(seen_by('B', 'D', line), 'D') == "A");
}

//  A - B
//  |   |
//  D - C
BOOST_AUTO_TEST_CASE(on_a_ring_the_lower_name_relays_to_the_far_side) {
  std::vector<std::string> ring{"A-B", "B-C", "C-D", "D-A"};
  BOOST_TEST(hops(seen_by('A', 'D', ring)) == ".BBD");
  BOOST_TEST(hops(seen_by('C', 'D', ring)) == "BB.D");
  BOOST_TEST(targets(seen_by('B', 'D', ring), 'A') == "C");
  BOOST_TEST(targets(seen_by('D', 'D', ring), 'A') == "");
}

//    B   C
//     \ /
//      A
//     / \.
//    D   E
BOOST_AUTO_TEST_CASE(in_a_star_the_centre_passes_on_to_all_but_the_source) {
  std::vector<std::string> star{"A-B", "A-C", "A-D", "A-E"};
  BOOST_TEST(hops(seen_by('C', 'E', star)) == "AA.AA");
  BOOST_TEST(targets(seen_by('A', 'E', star), 'C') == "BDE");
  BOOST_TEST(targets(seen_by('B', 'E', star), 'C') == "");
}

//      B
//     / \.
//    A   D - E
//     \ /
//      C
BOOST_AUTO_TEST_CASE(in_a_diamond_one_side_relays) {
  std::vector<std::string> diamond{"A-B", "A-C", "B-D", "C-D", "D-E"};
  BOOST_TEST(hops(seen_by('A', 'E', diamond)) == ".BCBB");
  BOOST_TEST(hops(seen_by('E', 'E', diamond)) == "DDDD.");
  BOOST_TEST(targets(seen_by('B', 'E', diamond), 'A') == "D");
  BOOST_TEST(targets(seen_by('C', 'E', diamond), 'A') == "");
}

//      B - E
//     /     \.
//    A       F
//     \     /
//      C - D
BOOST_AUTO_TEST_CASE(a_level_is_searched_by_name_not_in_order_of_discovery) {
  std::vector<std::string> mesh{"A-B", "A-C", "B-E", "C-D", "D-F", "E-F"};
  BOOST_TEST(hops(seen_by('A', 'F', mesh)) == ".BCCBC");
}

//      A   E
//      |\ /|
//      | X |          B and C both lead to A and to E
//      |/ \|
//      B   C
//       \ /
//        D
BOOST_AUTO_TEST_CASE(peers_of_one_level_are_visited_by_name) {
  std::vector<std::string> mesh{"D-C", "D-B", "C-A", "B-A", "B-E", "C-E"};
  BOOST_TEST(targets(seen_by('B', 'E', mesh), 'D') == "AE");
  BOOST_TEST(targets(seen_by('C', 'E', mesh), 'D') == "");
}

//  A - B    C - D
BOOST_AUTO_TEST_CASE(there_is_no_path_to_another_island) {
  std::vector<std::string> islands{"A-B", "C-D"};
  auto us = seen_by('A', 'D', islands);
  BOOST_TEST(hops(us) == ".B..");
  BOOST_TEST(us.reachable() == 2u);
  BOOST_TEST(targets(us, 'C') == "");
}

//  A > B > C
// Only the peer to the left of each `>` reports the connection.
BOOST_AUTO_TEST_CASE(one_direction_suffices_in_scope_all_only) {
  std::vector<std::string> oneway{"A>B", "B>C"};
  auto us = seen_by('A', 'C', oneway);
  BOOST_TEST(hops(us) == ".BB");
  BOOST_TEST(hops(us.over(route_scope::established)) == "...");
  BOOST_TEST(hops(seen_by('C', 'C', oneway)) == "...");
  BOOST_TEST(targets(us, 'A') == "B");
  BOOST_TEST(targets(us.over(route_scope::established), 'A') == "");
}

//  A ~ B - C
//   \_____/
// The connection between A and B is not established.
BOOST_AUTO_TEST_CASE(established_paths_avoid_other_connections) {
  std::vector<std::string> mesh{"A~B", "B-C", "A-C"};
  auto us = seen_by('A', 'C', mesh);
  BOOST_TEST(hops(us) == ".BC");
  BOOST_TEST(hops(us.over(route_scope::established)) == ".CC");
  BOOST_TEST(us.over(route_scope::established).reachable() == 3u);
  BOOST_TEST(
    targets(seen_by('C', 'C', mesh).over(route_scope::established), 'A')
    == "B");
}

BOOST_AUTO_TEST_CASE(a_broadcast_over_all_connections_arrives_exactly_once) {
  check_each_broadcast_arrives_once(route_scope::all);
}

BOOST_AUTO_TEST_CASE(a_broadcast_over_established_ones_arrives_exactly_once) {
  check_each_broadcast_arrives_once(route_scope::established);
}

BOOST_AUTO_TEST_CASE(each_hop_of_a_path_is_one_step_nearer) {
  std::mt19937_64 rng{11};
  auto links = random_links('M', rng);
  for (char to = 'B'; to <= 'M'; ++to) {
    auto here = 'A';
    for (int steps = 0; here != to; ++steps) {
      auto hop = seen_by(here, 'M', links).next_hop(name_of(to));
      BOOST_REQUIRE(hop);
      BOOST_REQUIRE(steps < 13);
      here = static_cast<char>(hop->number());
    }
  }
}

// -- random neighbours

//  A - B, A - C, … A - I: nine peers, 2·log2(9) = 6.3
BOOST_AUTO_TEST_CASE(the_size_of_the_mesh_decides_how_many_are_drawn) {
  std::mt19937_64 rng{1};
  std::vector<std::string> star;
  for (char x = 'B'; x <= 'I'; ++x)
    star.push_back(std::string{"A-"} + x);
  auto drawn = seen_by('A', 'I', star).random_neighbours(peer_name{}, rng);
  BOOST_TEST(drawn.size() == 6u);
  auto all = letters(drawn);
  BOOST_TEST((std::adjacent_find(all.begin(), all.end()) == all.end()));
}

BOOST_AUTO_TEST_CASE(with_few_neighbours_all_are_drawn) {
  std::mt19937_64 rng{1};
  auto us = seen_by('A', 'D', {"A-B", "A-C", "C-D"});
  BOOST_TEST(letters(us.random_neighbours(peer_name{}, rng)) == "BC");
}

BOOST_AUTO_TEST_CASE(a_peer_alone_draws_nobody) {
  std::mt19937_64 rng{1};
  auto us = seen_by('A', 'A', parse({}));
  BOOST_TEST(us.random_neighbours(peer_name{}, rng).empty());
}

BOOST_AUTO_TEST_CASE(the_excepted_neighbour_is_never_drawn) {
  std::mt19937_64 rng{1};
  auto us = seen_by('A', 'D', {"A-B", "A-C", "A-D"});
  for (int i = 0; i < 100; ++i)
    BOOST_REQUIRE(letters(us.random_neighbours(name_of('C'), rng)) == "BD");
}

//    A - B, A - C - D, A > E
// Only A reports its connection to E.
BOOST_AUTO_TEST_CASE(a_leaf_has_no_neighbour_but_us) {
  auto us = seen_by('A', 'E', {"A-B", "A-C", "C-D", "A>E"});
  BOOST_TEST(us.is_leaf(name_of('B')));
  BOOST_TEST(!us.is_leaf(name_of('C')));
  BOOST_TEST(us.is_leaf(name_of('E')));
  BOOST_TEST(!us.is_leaf(name_of('X')));
}

//    B … O            Q
//     \|/            /|
//      A ---------- P …
//                    \|
//                     Z
BOOST_AUTO_TEST_CASE(a_neighbour_with_more_destinations_is_drawn_more_often) {
  std::mt19937_64 rng{5};
  std::vector<std::string> mesh;
  for (char x = 'B'; x <= 'P'; ++x)
    mesh.push_back(std::string{"A-"} + x);
  for (char x = 'Q'; x <= 'Z'; ++x)
    mesh.push_back(std::string{"P-"} + x);
  auto us = seen_by('A', 'Z', mesh);
  std::map<char, int> first;
  for (int i = 0; i < 5000; ++i)
    ++first[static_cast<char>(
      us.random_neighbours(peer_name{}, rng).front().number())];
  // P leads to 11 of 25 destinations, and every other neighbour only to itself.
  BOOST_TEST(first['P'] > 5000 * 11 / 25 - 200);
  BOOST_TEST(first['P'] < 5000 * 11 / 25 + 200);
  for (char x = 'B'; x <= 'O'; ++x)
    BOOST_TEST(std::abs(first[x] - 5000 / 25) < 70);
}

BOOST_AUTO_TEST_SUITE_END()
