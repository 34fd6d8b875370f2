#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/interop/both_kinds.hpp"

using namespace cafmesh::test;
namespace data = boost::unit_test::data;

// Tests that a peer finds all other peers of its mesh if it is given a single
// address.
BOOST_AUTO_TEST_SUITE(discovery_tests)

namespace {

// Peers that all listen on the same port, each on its own IP address, from
// which it also dials. Discovery needs this. To dial a peer that has only
// dialled others, a node combines that peer's IP address with the port on which
// the node itself listens.
class neighbourhood {
public:
  mesh_peer& add(kind what) {
    const auto number = peers_.size() + 1;
    auto options = named(static_cast<char>('a' + peers_.size()));
    options.discovery = true;
    options.host = "127.0.77." + std::to_string(number);
    options.port = port_;
    peers_.push_back(start(what, options));
    return *peers_.back();
  }

  group all() const {
    group result;
    for (const auto& x : peers_)
      result.push_back(x.get());
    return result;
  }

  mesh_peer& operator[](std::size_t i) {
    return *peers_.at(i);
  }

private:
  std::uint16_t port_ = free_port();
  std::vector<std::unique_ptr<mesh_peer>> peers_;
};

/// Waits until `peer` has connections to all other peers.
/// @returns whether it has them in time
bool is_connected_to_all(mesh_peer& peer, std::size_t others) {
  return eventually([&] {
    auto us = peer.knows(peer.name());
    return us && us->connections.size() == others;
  });
}

} // namespace

BOOST_DATA_TEST_CASE(six_peers_of_both_kinds_find_each_other_through_one,
                     data::make({kind::go, kind::cpp}), seed) {
  neighbourhood all;
  const auto other = seed == kind::go ? kind::cpp : kind::go;
  auto& known = all.add(seed);
  for (auto what : {other, seed, other, seed, other})
    all.add(what).connect_to(known.address());
  BOOST_TEST_REQUIRE(know_each_other(all.all()), views_of(all.all()));
  for (auto* peer : all.all())
    BOOST_TEST(is_connected_to_all(*peer, 5), views_of(all.all()));
  BOOST_TEST(come_to_agree(all.all()), views_of(all.all()));
  // Six peers have 15 connections. Each must be outbound at exactly one end.
  std::map<std::pair<std::string, std::string>, int> outbound;
  for (const auto& x : known.peers())
    for (const auto& c : x.connections) {
      BOOST_TEST(c.established);
      outbound[std::minmax(x.name, c.name)] += c.outbound ? 1 : 0;
    }
  BOOST_TEST(outbound.size() == 15U);
  for (const auto& x : outbound)
    BOOST_TEST(x.second == 1, x.first.first << " - " << x.first.second);
}

BOOST_DATA_TEST_CASE(a_peer_dials_one_that_its_neighbour_knows,
                     data::make(lines_of_three()), kinds) {
  neighbourhood all;
  for (auto what : kinds.kinds)
    all.add(what);
  all[0].connect_to(all[1].address());
  all[2].connect_to(all[1].address());
  for (auto* peer : all.all())
    BOOST_TEST(is_connected_to_all(*peer, 2), views_of(all.all()));
  BOOST_TEST(come_to_agree(all.all()), views_of(all.all()));
}

BOOST_DATA_TEST_CASE(a_discovered_peer_stays_reachable_without_the_peer_between,
                     data::make(lines_of_three()), kinds) {
  neighbourhood all;
  for (auto what : kinds.kinds)
    all.add(what);
  all[0].connect_to(all[1].address());
  all[1].connect_to(all[2].address());
  for (auto* peer : all.all())
    BOOST_REQUIRE(is_connected_to_all(*peer, 2));
  all[1].kill();
  BOOST_TEST(know_each_other({&all[0], &all[2]}), views_of({&all[0], &all[2]}));
  all[0].unicast(all[2].name(), 100, 1);
  all[2].wait_for_blob("unicast", 100, 1);
}

BOOST_AUTO_TEST_SUITE_END()
