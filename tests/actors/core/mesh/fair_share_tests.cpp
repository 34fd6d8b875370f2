#include "actors/core/mesh/fair_share.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/known_peers.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of which peers a node forgets if it hears of more peers than its limit
// allows. In the drawings, a dash is a connection, and our node is number 5.
// Peers farther to the right are farther away from our node.
namespace {

struct fixture : known_peers {
  /// Connects a peer to `remotes`. Both ends report each connection.
  void connect(unsigned peer, const std::vector<unsigned>& remotes) {
    for (auto x : remotes) {
      links[peer].insert(x);
      links[x].insert(peer);
    }
    for (auto& [who, all] : links)
      put(says(who, {all.begin(), all.end()}));
  }

  std::string dropped(std::size_t count) {
    fair_share share{known.graph()};
    share.drop(count, std::vector<std::uint32_t>(known.slot_count(), 1));
    return names(share);
  }

  std::string names(const fair_share& share) const {
    std::vector<peer_name> result;
    for (auto who : share.dropped())
      result.push_back(known.summary(who).name);
    return numbers(std::move(result));
  }

  std::map<unsigned, std::set<unsigned>> links;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(fair_share_tests, fixture)

//  5 - 1 - 10
//    - 2 - 20 21 22 23
BOOST_AUTO_TEST_CASE(the_largest_branch_loses_its_last) {
  connect(us, {1, 2});
  connect(1, {10});
  connect(2, {20, 21, 22, 23});
  BOOST_TEST(dropped(0) == "");
  BOOST_TEST(dropped(1) == "23");
  BOOST_TEST(dropped(3) == "21 22 23");
}

BOOST_AUTO_TEST_CASE(branches_are_cut_to_one_size) {
  connect(us, {1, 2, 3});
  connect(1, {10, 11, 12, 13});
  connect(2, {20, 21});
  connect(3, {30, 31, 32});
  BOOST_TEST(dropped(3) == "12 13 32");
  // Once three peers are dropped, all branches have the same size. The fourth
  // peer is then dropped from the last branch.
  BOOST_TEST(dropped(4) == "12 13 31 32");
  BOOST_TEST(dropped(6) == "11 12 13 21 31 32");
}

BOOST_AUTO_TEST_CASE(we_and_our_neighbours_stay) {
  connect(us, {1, 2});
  connect(1, {10});
  BOOST_TEST(dropped(100) == "10");
}

//  5 - 1 - 2 - 20 … 29
//        - 3 - 30
BOOST_AUTO_TEST_CASE(a_small_branch_beside_a_large_one_loses_nothing) {
  connect(us, {1});
  connect(1, {2, 3});
  connect(2, {20, 21, 22, 23, 24, 25, 26, 27, 28, 29});
  connect(3, {30});
  BOOST_TEST(dropped(4) == "26 27 28 29");
  BOOST_TEST(dropped(9) == "21 22 23 24 25 26 27 28 29");
}

//  5 - 1 - 2 - 20 … 24
//        - 3 - 30 … 34
BOOST_AUTO_TEST_CASE(branches_of_one_size_behind_a_peer_lose_equally) {
  connect(us, {1});
  connect(1, {2, 3});
  connect(2, {20, 21, 22, 23, 24});
  connect(3, {30, 31, 32, 33, 34});
  BOOST_TEST(dropped(4) == "23 24 33 34");
}

BOOST_AUTO_TEST_CASE(a_chain_loses_its_end) {
  connect(us, {1});
  for (unsigned i = 10; i < 20; ++i)
    connect(i == 10 ? 1 : i - 1, {i});
  BOOST_TEST(dropped(3) == "17 18 19");
}

BOOST_AUTO_TEST_CASE(what_is_reached_through_a_dropped_peer_goes_with_it) {
  connect(us, {1});
  connect(1, {10, 11});
  connect(11, {20, 21});
  BOOST_TEST(dropped(3) == "11 20 21");
}

//   5 - 1 - 3 - 10 11
//     - 2 - 20 … 25, and 2 claims 10 and 11 too
BOOST_AUTO_TEST_CASE(a_claim_of_one_end_makes_no_branch) {
  connect(us, {1, 2});
  connect(1, {3});
  connect(3, {10, 11});
  put(says(2, {us, 10, 11, 20, 21, 22, 23, 24, 25}));
  BOOST_TEST(dropped(3) == "23 24 25");
}

BOOST_AUTO_TEST_CASE(unreachable_peers_are_a_branch) {
  connect(us, {1});
  connect(1, {10, 11});
  for (auto x : {90u, 91u, 92u})
    put(says(x, {}));
  BOOST_TEST(dropped(1) == "92");
  BOOST_TEST(dropped(3) == "11 91 92");
}

BOOST_AUTO_TEST_CASE(a_heavy_peer_spares_the_others) {
  connect(us, {1});
  connect(1, {10, 11, 12, 13});
  fair_share share{known.graph()};
  share.drop(40, std::vector<std::uint32_t>(known.slot_count(), 50));
  BOOST_TEST(names(share) == "13");
  share.drop(60, std::vector<std::uint32_t>(known.slot_count(), 50));
  BOOST_TEST(names(share) == "11 12 13");
}

BOOST_AUTO_TEST_CASE(a_long_chain_takes_no_stack) {
  peers all{says(us, {}).peer};
  std::vector<slot> added;
  constexpr unsigned length = 100'000;
  for (unsigned i = 0; i <= length; ++i)
    all.obtain(name_of(1000 + i), added);
  for (unsigned i = 0; i < length; ++i) {
    auto x = says(1000 + i, {1000 + i + 1});
    all.replace(added[i], {x.peer, views_of(x.connections), {}});
  }
  all.replace_own({{name_of(1000), {}, true, true}});
  fair_share share{all.graph()};
  share.drop(length - 1, std::vector<std::uint32_t>(all.slot_count(), 1));
  BOOST_TEST(share.dropped().size() == length - 1);
  BOOST_TEST(!share.is_dropped(added[1]));
}

BOOST_AUTO_TEST_SUITE_END()
