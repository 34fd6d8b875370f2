#include "actors/core/mesh/discovery.hpp"
#include "actors/core/mesh/mesh_model.hpp"

#include <algorithm>
#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/mesh/mesh_model_fixture.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the addresses that discovery takes from other peers' records.
namespace {

std::string address_of(unsigned peer) {
  return "10." + std::to_string(peer / 65536) + "."
         + std::to_string(peer / 256 % 256) + "." + std::to_string(peer % 256)
         + ":6783";
}

peer_record says_with_many(unsigned peer,
                           const std::vector<unsigned>& remotes) {
  auto result = says(peer, remotes);
  for (std::size_t i = 0; i < remotes.size(); ++i)
    result.connections[i].remote_address = address_of(remotes[i]);
  return result;
}

struct fixture : view {
  std::vector<std::string> found() const {
    return state.discovered_addresses(6783);
  }

  bool finds(const std::string& address) const {
    auto all = found();
    return std::find(all.begin(), all.end(), address) != all.end();
  }

  /// Connects to peer 1, which has 900 neighbours with addresses.
  void hear_of_900() {
    connect(1);
    std::vector<unsigned> remotes{us};
    std::vector<peer_record> records;
    for (unsigned i = 100; i < 1000; ++i) {
      remotes.push_back(i);
      records.push_back(says(i, {1}));
    }
    records.push_back(says_with_many(1, remotes));
    hear(records);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mesh_model_discovery_tests, fixture)

//  5 - 1 - 2, and 3, which dialled 1
BOOST_AUTO_TEST_CASE(records_give_addresses_of_peers_without_a_connection) {
  connect(1);
  auto theirs = says(1, {2, 3, us});
  theirs.connections[1].remote_address = "10.0.0.3:50123";
  theirs.connections[1].outbound = false;
  hear({theirs, says(2, {1}), says(3, {1})});
  std::vector<std::string> expected{"10.0.0.2:6783", "10.0.0.3:7000"};
  BOOST_TEST(state.discovered_addresses(7000) == expected);
}

BOOST_AUTO_TEST_CASE(an_address_that_several_peers_report_is_listed_once) {
  connect(1);
  hear({says(1, {2, 3, us}), says(2, {1, 3}), says(3, {1, 2})});
  std::vector<std::string> expected{"10.0.0.2:6783", "10.0.0.3:6783"};
  BOOST_TEST(state.discovered_addresses(6783) == expected);
}

BOOST_AUTO_TEST_CASE(an_ipv6_host_keeps_its_brackets) {
  connect(1);
  auto theirs = says(1, {2, us});
  theirs.connections[0].remote_address = "[fd00::2]:50123";
  theirs.connections[0].outbound = false;
  hear({theirs, says(2, {1})});
  std::vector<std::string> expected{"[fd00::2]:6783"};
  BOOST_TEST(state.discovered_addresses(6783) == expected);
}

// If every peer dialled loopback addresses from records, any member of the mesh
// could make all other peers dial services on their own machines.
BOOST_AUTO_TEST_CASE(loopback_counts_only_for_peers_with_such_a_connection) {
  connect(1);
  std::uint64_t version = 0;
  for (std::string address : {"127.0.0.1:22", "127.1.2.3:22", "[::1]:22",
                              "[::1%1]:22", "[::ffff:127.0.0.1]:22"}) {
    auto theirs = says(1, {2, us}, ++version);
    theirs.connections[0].remote_address = address;
    hear({theirs, says(2, {1})});
    BOOST_TEST(!finds(address));
    auto local = offer(3, 3);
    local.remote_address = "127.0.0.1:50123";
    local.outbound = false;
    add(local);
    BOOST_TEST(finds(address));
    remove(3);
  }
}

BOOST_AUTO_TEST_CASE(a_string_that_is_not_an_address_is_ignored) {
  connect(1);
  std::uint64_t version = 0;
  for (auto address : {"no port:", "[1:2]:3", "0.0.0.0:22", "[::]:22",
                       "127.0.0.08:22", "127.1:22"}) {
    auto theirs = says(1, {2, us}, ++version);
    theirs.connections[0].remote_address = address;
    hear({theirs, says(2, {1})});
    BOOST_TEST(found().empty(), address);
  }
}

//  5 - 1 > 2
// Only peer 1 reports the connection to 2, and 2 has no record.
BOOST_AUTO_TEST_CASE(a_mere_name_is_not_dialled) {
  connect(1);
  hear({says(1, {2, us})});
  BOOST_TEST(state.discovered_addresses(6783).empty());
}

//  5 - 1 > 2, and 3, whose connection to 1 is not established
// Only peer 1 reports the connection to 2.
BOOST_AUTO_TEST_CASE(peers_not_reached_over_established_connections_give_none) {
  connect(1);
  auto third = says(3, {1, 4});
  third.connections[0].established = false;
  hear({says(1, {2, 3, us}), says(2, {}), third, says(4, {3})});
  BOOST_TEST(known() == "1 2 3 4 5");
  BOOST_TEST(state.discovered_addresses(6783).empty());
}

BOOST_AUTO_TEST_CASE(one_record_gives_a_limited_number_of_addresses) {
  hear_of_900();
  BOOST_TEST(state.discovered_addresses(6783).size()
             == discovery::most_per_peer);
}

BOOST_AUTO_TEST_CASE(all_addresses_of_a_record_have_their_turn) {
  hear_of_900();
  const auto first = state.discovered_addresses(6783, 1);
  BOOST_TEST(state.discovered_addresses(6783, 1) == first);
  std::set<std::string> all;
  for (std::uint64_t turn = 1; turn <= 40; ++turn)
    for (const auto& x : state.discovered_addresses(6783, turn))
      all.insert(x);
  BOOST_TEST(all.size() == 900u);
}

BOOST_AUTO_TEST_CASE(all_records_give_a_limited_number_of_addresses) {
  connect(1);
  std::vector<unsigned> hubs{us};
  std::vector<peer_record> records;
  for (unsigned hub = 100; hub < 120; ++hub) {
    hubs.push_back(hub);
    std::vector<unsigned> leaves{1};
    for (unsigned i = 0; i < 100; ++i) {
      leaves.push_back(300 + 100 * (hub - 100) + i);
      records.push_back(says(leaves.back(), {hub}));
    }
    records.push_back(says_with_many(hub, leaves));
  }
  records.push_back(says(1, hubs));
  hear(records);
  BOOST_TEST(state.discovered_addresses(6783).size() == discovery::most);
}

//  5 - 1    2 - 3
BOOST_AUTO_TEST_CASE(records_of_unreachable_peers_give_no_addresses) {
  connect(1);
  hear({says(2, {3}), says(3, {2})});
  BOOST_TEST(known() == "1 2 3 5");
  BOOST_TEST(state.discovered_addresses(6783).empty());
}

// -- lies

//  5 - 1 - 50000 - 60000
// The liar, peer 3, is connected to 1. It has made up 2,130 peers, 30 of which
// report connections to the others.
BOOST_AUTO_TEST_CASE(made_up_peers_crowd_out_no_honest_address) {
  constexpr unsigned liar = 3, bridge = 50'000, honest = 60'000;
  constexpr unsigned first = 10'000, hubs = 30, leaves = 70;
  connect(1);
  std::vector<peer_record> records;
  std::vector<unsigned> of_liar{1};
  for (unsigned i = 0; i < hubs; ++i) {
    const auto hub = first + i * (leaves + 1);
    of_liar.push_back(hub);
    std::vector<unsigned> links{liar};
    for (unsigned k = 1; k <= leaves; ++k) {
      links.push_back(hub + k);
      records.push_back(says(hub + k, {hub}));
    }
    records.push_back(says_with_many(hub, links));
  }
  records.push_back(says_with_many(liar, of_liar));
  records.push_back(says_with_many(1, {us, liar, bridge}));
  records.push_back(says_with_many(bridge, {1, honest}));
  records.push_back(says_with_many(honest, {bridge}));
  for (auto& x : records)
    x.peer.alias.reset();
  hear(records);
  BOOST_TEST(found().size() == discovery::most);
  BOOST_TEST(finds(address_of(honest)));
}

//  5 - 1 - 2, and 3 - 4. Peers 3 and 4 both report a connection to 2.
BOOST_AUTO_TEST_CASE(
  an_address_counts_only_if_both_ends_report_the_connection) {
  connect(1);
  auto third = says(3, {1, 2, 4}), fourth = says(4, {2, 3});
  third.connections[1].remote_address = "10.0.0.9:1";
  fourth.connections[0].remote_address = "10.0.0.9:2";
  hear({says(1, {2, 3, us}), says(2, {1}), third, fourth});
  BOOST_TEST(finds("10.0.0.2:6783"));
  BOOST_TEST(!finds("10.0.0.9:1"));
  BOOST_TEST(!finds("10.0.0.9:2"));
}

// Six peers are connected to the same 200 peers and report different addresses
// for them. Peer 9 reports one address for each of 100 other peers.
BOOST_AUTO_TEST_CASE(each_peer_has_one_address_before_any_peer_has_two) {
  connect(1);
  auto range = [](unsigned first, unsigned count) {
    std::vector<unsigned> result{1};
    for (unsigned i = 0; i < count; ++i)
      result.push_back(first + i);
    return result;
  };
  const std::vector<unsigned> several{2, 3, 4, 6, 7, 8};
  std::vector<peer_record> records{says_with_many(1, {us, 2, 3, 4, 6, 7, 8, 9}),
                                   says_with_many(9, range(500, 100))};
  for (auto who : several) {
    records.push_back(says_with_many(who, range(200, 200)));
    for (auto& x : records.back().connections)
      x.remote_address = std::to_string(20 + who) + x.remote_address.substr(2);
  }
  for (unsigned i = 200; i < 400; ++i)
    records.push_back(says(i, several));
  for (unsigned i = 500; i < 600; ++i)
    records.push_back(says(i, {9}));
  hear(records);
  BOOST_TEST(found().size() == discovery::most);
  unsigned found_of_last = 0;
  for (unsigned i = 500; i < 600; ++i)
    found_of_last += finds(address_of(i)) ? 1 : 0;
  BOOST_TEST(found_of_last == 100u);
}

// Only some addresses from the record of a large hub count. Which of them count
// must not depend on the order of the neighbours' names.
BOOST_AUTO_TEST_CASE(low_names_do_not_come_first_in_a_large_record) {
  connect(1);
  std::vector<unsigned> remotes{us};
  std::vector<peer_record> records;
  for (unsigned i = 100; i < 100 + 2 * discovery::most_per_peer; ++i) {
    remotes.push_back(i);
    records.push_back(says(i, {1}));
  }
  records.push_back(says_with_many(1, remotes));
  hear(records);
  std::size_t low = 0;
  for (unsigned i = 100; i < 100 + discovery::most_per_peer; ++i)
    low += finds(address_of(i)) ? 1 : 0;
  BOOST_TEST(low > discovery::most_per_peer / 4);
  BOOST_TEST(low < discovery::most_per_peer * 3 / 4);
}

BOOST_AUTO_TEST_SUITE_END()
