#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <thread>
#include <vector>

#include "tests/interop/both_kinds.hpp"

using namespace cafmesh::test;
using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

// Tests of a mesh whose two parts are joined by one new connection, the bridge.
// All peers must hear of each other immediately. They must not need the next
// periodic gossip, which may come up to 30 s later.
//
// Debian's version of the Go library forgets unreachable peers at each update.
// So a Go peer must hear of a path to a peer before it hears of that peer.
BOOST_AUTO_TEST_SUITE(bridge_tests)

namespace {

using clock = std::chrono::steady_clock;
using peers = std::vector<std::unique_ptr<mesh_peer>>;
using milliseconds = std::chrono::milliseconds;

// All peers must agree within this time. A mesh of only Go peers sometimes
// needs the next periodic gossip to agree, which may take up to 30 s.
constexpr auto soon = 5s;

peers start_all(const std::vector<kind>& kinds) {
  peers result;
  char letter = 'a';
  for (auto x : kinds)
    result.push_back(start(x, named(letter++)));
  return result;
}

group all_of(const peers& xs) {
  group result;
  for (auto& x : xs)
    result.push_back(x.get());
  return result;
}

bool agree(const peers& xs, std::size_t first, std::size_t last) {
  auto all = all_of(xs);
  return know_each_other({all.begin() + static_cast<std::ptrdiff_t>(first),
                          all.begin() + static_cast<std::ptrdiff_t>(last)});
}

void all_agree_soon(const peers& xs, const char* what) {
  auto begin = clock::now();
  BOOST_TEST(know_each_other(all_of(xs), soon), views_of(all_of(xs)));
  auto took =
    std::chrono::duration_cast<milliseconds>(clock::now() - begin).count();
  std::cout << "figure: " << what << ": " << took << " ms" << std::endl;
}

using lines = std::vector<kinds_in_line>;
constexpr auto go = kind::go;
constexpr auto cpp = kind::cpp;

const lines& lines_of_five() {
  static const lines result{{{go, go, cpp, go, go}},
                            {{cpp, cpp, go, cpp, cpp}},
                            {{go, cpp, go, cpp, go}},
                            {{cpp, go, cpp, go, cpp}}};
  return result;
}

const auto each_line = data::make(lines_of_five());

} // namespace

// The parts are a - b - c and d - e, and the bridge is c - d.
BOOST_DATA_TEST_CASE(peers_beyond_a_bridge_are_known_at_once, each_line,
                     kinds) {
  auto xs = start_all(kinds.kinds);
  BOOST_REQUIRE(connect(*xs[0], *xs[1]));
  BOOST_REQUIRE(connect(*xs[1], *xs[2]));
  BOOST_REQUIRE(connect(*xs[3], *xs[4]));
  BOOST_REQUIRE(agree(xs, 0, 3));
  BOOST_REQUIRE(agree(xs, 3, 5));
  std::this_thread::sleep_for(1500ms); // no announcement is pending after this
  xs[2]->connect_to(xs[3]->address());
  all_agree_soon(xs, "two parts that meet at a bridge");
  xs[4]->broadcast(100, 1);
  xs[0]->wait_for_blob("broadcast", 100, 1);
}

// A peer f joins at c shortly before the bridge c - d is made, so c cannot
// announce the bridge immediately. If c is a Go peer, f must be a cafmesh peer.
// A Go peer at c sends gossip about the peers beyond the bridge before it
// broadcasts the path to them, and a Go peer at f would forget these peers.
BOOST_DATA_TEST_CASE(peers_beyond_a_bridge_are_known_soon_after_a_join,
                     each_line* data::make({0, 200, 500, 1000}), kinds,
                     before) {
  auto in_line = kinds.kinds;
  in_line.push_back(in_line[2] == go ? cpp : in_line.front());
  auto xs = start_all(in_line);
  BOOST_REQUIRE(connect(*xs[0], *xs[1]));
  BOOST_REQUIRE(connect(*xs[1], *xs[2]));
  BOOST_REQUIRE(connect(*xs[3], *xs[4]));
  BOOST_REQUIRE(agree(xs, 0, 3));
  BOOST_REQUIRE(agree(xs, 3, 5));
  std::this_thread::sleep_for(1500ms);
  xs[5]->connect_to(xs[2]->address());
  std::this_thread::sleep_for(milliseconds{before});
  xs[2]->connect_to(xs[3]->address());
  all_agree_soon(xs, "the same shortly after another join");
}

BOOST_DATA_TEST_CASE(a_ring_that_starts_at_once_agrees_soon,
                     data::make(lines{{{go, cpp, go, cpp, go, cpp}},
                                      {{go, go, go, cpp, cpp, cpp}}}),
                     kinds) {
  auto xs = start_all(kinds.kinds);
  for (std::size_t i = 0; i < xs.size(); ++i)
    xs[i]->connect_to(xs[(i + 1) % xs.size()]->address());
  all_agree_soon(xs, "a ring of six that starts at once");
}

// The parts are a - b - c and d - e - f; the bridge is c - d.
BOOST_DATA_TEST_CASE(two_meshes_agree_soon_after_they_meet,
                     data::make(lines{{{go, go, cpp, cpp, go, go}},
                                      {{go, cpp, cpp, go, cpp, cpp}},
                                      {{cpp, cpp, go, go, cpp, cpp}}}),
                     kinds) {
  auto xs = start_all(kinds.kinds);
  for (std::size_t i : {0, 1, 3, 4})
    BOOST_REQUIRE(connect(*xs[i], *xs[i + 1]));
  BOOST_REQUIRE(agree(xs, 0, 3));
  BOOST_REQUIRE(agree(xs, 3, 6));
  xs[2]->connect_to(xs[3]->address());
  all_agree_soon(xs, "two meshes of three that meet");
}

BOOST_AUTO_TEST_SUITE_END()
