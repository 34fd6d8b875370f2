#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

#include "tests/actors/core/mesh/degree_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Whole meshes of nodes that control their degrees. The target is 16, so each
// peer chooses 8 others, and has between 8 and 32 connections.
BOOST_AUTO_TEST_SUITE(degree_simulation_tests)

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr slot seed_peer = 0;
constexpr std::size_t least = 8;
constexpr std::size_t most = 32;

struct figures {
  std::size_t lowest = SIZE_MAX;
  std::size_t highest = 0;
  double mean = 0;
};

/// The degrees of the peers from `first` on, not counting their connections to
/// the seed, which everybody has.
figures degrees(const degree_simulation& mesh, slot first, slot last,
                const std::set<slot>& gone = {}) {
  figures result;
  std::size_t sum = 0;
  for (auto i = first; i < last; ++i) {
    if (gone.count(i) != 0)
      continue;
    auto x = mesh.degree(i) - (mesh.are_connected(i, seed_peer) ? 1 : 0);
    result.lowest = std::min(result.lowest, x);
    result.highest = std::max(result.highest, x);
    sum += x;
  }
  result.mean =
    static_cast<double>(sum) / static_cast<double>(last - first - gone.size());
  BOOST_TEST_MESSAGE("degrees " << result.lowest << " to " << result.highest
                                << ", mean " << result.mean);
  return result;
}

void check_degrees(const figures& x) {
  BOOST_TEST(x.lowest >= least);
  BOOST_TEST(x.highest <= most);
}

void check_shape(const degree_simulation& mesh, std::size_t longest) {
  auto x = mesh.diameter({seed_peer});
  BOOST_TEST_REQUIRE(x.has_value(), "the mesh falls apart without its seed");
  BOOST_TEST_MESSAGE("diameter " << *x);
  BOOST_TEST(*x <= longest);
}

void check_rest(degree_simulation& mesh) {
  const auto before = mesh.dials + mesh.given_up;
  mesh.run_for(minutes{5});
  BOOST_TEST(mesh.dials + mesh.given_up == before);
}

/// All peers join within 5 s, and know only the seed.
void join_at_once(degree_simulation& mesh, slot peers) {
  mesh.join(seed_peer);
  for (slot i = 1; i < peers; ++i) {
    mesh.join(i, seed_peer);
    if (i % (peers / 10) == 0)
      mesh.run_for(std::chrono::milliseconds{500});
  }
}

std::set<slot> some_of(slot first, slot last, std::size_t count) {
  std::vector<slot> all;
  for (auto i = first; i < last; ++i)
    all.push_back(i);
  std::shuffle(all.begin(), all.end(), std::mt19937_64{7});
  return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count)};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_thousand_peers_that_know_one_seed_form_a_random_graph) {
  constexpr slot peers = 1000;
  degree_simulation mesh{1, peers, std::nullopt}; // the default
  join_at_once(mesh, peers);
  mesh.run_for(seconds{55});
  check_degrees(degrees(mesh, 1, peers));
  check_shape(mesh, 5);
  mesh.run_for(minutes{2});
  BOOST_TEST_MESSAGE(mesh.dials << " dials, given up " << mesh.given_up);
  check_rest(mesh);
  check_degrees(degrees(mesh, 1, peers));
  check_shape(mesh, 5);

  const auto gone = some_of(1, peers, 300);
  mesh.kill(gone);
  check_shape(mesh, 6); // before anybody dials
  mesh.run_for(seconds{60});
  check_degrees(degrees(mesh, 1, peers, gone));
  check_shape(mesh, 5);
  mesh.run_for(minutes{2});
  check_rest(mesh);
}

BOOST_AUTO_TEST_CASE(those_that_joined_first_get_no_more_than_others) {
  constexpr slot peers = 300;
  degree_simulation mesh{2, peers, std::nullopt};
  std::mt19937_64 rng;
  mesh.join(0);
  for (slot i = 1; i < peers; ++i) {
    mesh.join(i, static_cast<slot>(rng() % i));
    mesh.run_for(std::chrono::milliseconds{500});
  }
  mesh.run_for(minutes{2});
  check_degrees(degrees(mesh, 0, peers));
  const auto first = degrees(mesh, 0, 50);
  const auto last = degrees(mesh, peers - 50, peers);
  BOOST_TEST(first.mean < last.mean * 1.5);
  check_shape(mesh, 5);
  check_rest(mesh);
}

BOOST_AUTO_TEST_CASE(two_meshes_that_meet_become_one_random_graph) {
  constexpr slot half = 250;
  degree_simulation mesh{3, 2 * half};
  join_at_once(mesh, half);
  mesh.join(half);
  for (auto i = half + 1; i < 2 * half; ++i)
    mesh.join(i, half);
  mesh.run_for(minutes{2});
  mesh.connect(17, half + 17);
  mesh.run_for(minutes{2});
  std::size_t across = 0;
  std::size_t all = 0;
  for (slot x = 0; x < 2 * half; ++x)
    for (slot y = x + 1; y < 2 * half; ++y)
      if (mesh.are_connected(x, y) && x % half != 0 && y % half != 0) {
        ++all;
        across += (x < half) != (y < half) ? 1 : 0;
      }
  BOOST_TEST_MESSAGE(across << " of " << all << " connections lead across");
  BOOST_TEST(across > all / 4);
  auto without = std::set<slot>{0, half, 17};
  BOOST_TEST(mesh.diameter(without).value_or(SIZE_MAX) <= 5u);
  check_rest(mesh);
}

BOOST_AUTO_TEST_CASE(a_member_that_makes_up_peers_takes_no_connections_away) {
  constexpr slot honest = 300;
  constexpr slot liar = 20;
  degree_simulation mesh{4, 2 * honest};
  join_at_once(mesh, honest);
  mesh.make_up(liar, honest, 2 * honest);
  mesh.run_for(minutes{5});
  check_degrees(degrees(mesh, 1, honest));
  check_shape(mesh, 5);
}

BOOST_AUTO_TEST_CASE(a_newcomer_gets_in_with_one_peer_that_it_knows) {
  constexpr slot peers = 301;
  degree_simulation mesh{5, peers};
  join_at_once(mesh, peers - 1);
  mesh.run_for(minutes{2});
  const auto before = mesh.dials;
  mesh.join(peers - 1, 77);
  mesh.run_for(seconds{5});
  BOOST_TEST(mesh.degree(peers - 1) >= least);
  mesh.run_for(minutes{1});
  BOOST_TEST(mesh.degree(peers - 1) >= 12u);
  BOOST_TEST(mesh.dials - before <= 40u);
  check_rest(mesh);
}

// Peers behind address translation, for instance, cannot be dialled.
BOOST_AUTO_TEST_CASE(a_newcomer_gets_in_soon_if_few_can_be_dialled) {
  constexpr slot peers = 301;
  degree_simulation mesh{6, peers};
  for (slot i = 60; i < peers; ++i)
    mesh.hide(i);
  join_at_once(mesh, peers - 1);
  mesh.run_for(minutes{2});
  mesh.join(peers - 1, 7);
  mesh.run_for(seconds{30});
  BOOST_TEST(mesh.degree(peers - 1) > least);
  mesh.run_for(minutes{10});
  check_shape(mesh, 5);
  BOOST_TEST(degrees(mesh, 60, peers).lowest >= least);
  BOOST_TEST(degrees(mesh, 1, 60).mean < 50); // 8 it chose, and 8 * 5 chose it
}

BOOST_AUTO_TEST_SUITE_END()
