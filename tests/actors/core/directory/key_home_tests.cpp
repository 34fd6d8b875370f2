#include "actors/core/directory/key_home.hpp"

#include <algorithm>
#include <map>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/directory/directory_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;

namespace {

constexpr int keys = 2000;

std::map<std::string, peer_name> homes_among(const std::vector<life>& xs) {
  std::map<std::string, peer_name> result;
  for (int i = 0; i < keys; ++i) {
    auto key = "key " + std::to_string(i);
    result[key] = home_of_key(key, xs)->peer;
  }
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(key_home_tests)

BOOST_AUTO_TEST_CASE(nobody_is_the_home_among_nobody) {
  BOOST_TEST(!home_of_key("key", {}));
}

BOOST_AUTO_TEST_CASE(neither_order_nor_restarts_move_a_key) {
  std::vector<life> xs{life_of(1, 1), life_of(2, 1), life_of(3, 1)};
  const auto before = homes_among(xs);
  std::reverse(xs.begin(), xs.end());
  xs[0].uid = peer_uid{99};
  BOOST_TEST((homes_among(xs) == before));
}

BOOST_AUTO_TEST_CASE(only_the_keys_of_a_peer_that_leaves_move) {
  std::vector<life> xs;
  for (unsigned i = 1; i <= 10; ++i)
    xs.push_back(life_of(i, 1));
  const auto before = homes_among(xs);
  std::map<peer_name, int> shares;
  for (const auto& [key, who] : before)
    ++shares[who];
  for (const auto& [who, share] : shares)
    BOOST_TEST((share > keys / 20 && share < keys / 5));
  const auto gone = xs[3].peer;
  xs.erase(xs.begin() + 3);
  for (const auto& [key, who] : homes_among(xs))
    BOOST_TEST((before.at(key) == who || before.at(key) == gone));
}

// All peers must choose the same home for a key, whatever version of cafmesh
// they run. The expected homes come from a different implementation of BLAKE2b.
BOOST_AUTO_TEST_CASE(homes_are_those_that_other_peers_compute) {
  std::string homes;
  for (const char* key : {"a", "b", "c", "d", "e", "f", "g", "h"})
    homes += std::to_string(
      home_of_key(key, {life_of(1, 1), life_of(2, 1), life_of(3, 1)})
        ->peer.number());
  BOOST_TEST(homes == "33233331");
}

BOOST_AUTO_TEST_CASE(of_two_lives_of_one_peer_the_first_is_the_home) {
  BOOST_TEST(
    (home_of_key("a", {life_of(3, 1), life_of(3, 2)}) == life_of(3, 1)));
  BOOST_TEST(
    (home_of_key("a", {life_of(3, 2), life_of(3, 1)}) == life_of(3, 2)));
}

BOOST_AUTO_TEST_SUITE_END()
