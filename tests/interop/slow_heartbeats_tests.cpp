#include <boost/test/unit_test.hpp>

#include <chrono>
#include <thread>

#include "tests/interop/both_kinds.hpp"
#include "tests/interop/cpp_node.hpp"
#include "tests/interop/go_peer.hpp"

using namespace cafmesh::test;
using namespace std::chrono_literals;

// A test of a node that expects heartbeats every 500 ms. Its neighbour is a Go
// peer, which sends one only every 30 s.
BOOST_AUTO_TEST_SUITE(slow_heartbeats_tests)

BOOST_AUTO_TEST_CASE(a_node_with_low_patience_keeps_a_go_neighbour) {
  auto options = named('a', "the password of this mesh");
  options.heartbeat_interval = 500ms;
  options.longest_silence = 1500ms;
  cpp_node ours{options};
  go_peer theirs{named('b', options.password)};
  BOOST_REQUIRE(connect(theirs, ours));
  // The address has the port that the dialler used, so it identifies the
  // connection.
  auto connection = [&] {
    const auto us = ours.knows(ours.name()).value();
    return us.connections.size() == 1 && us.connections[0].established
             ? us.connections[0].address
             : std::string{};
  };
  auto lost = [](const mesh_peer& x) {
    return x.log_contains("shutting down") || x.log_contains("closed")
           || x.log_contains("error");
  };
  const auto first = connection();
  BOOST_TEST_REQUIRE(!first.empty());
  // In 65 s, the Go peer sends two heartbeats.
  for (const auto end = std::chrono::steady_clock::now() + 65s;
       std::chrono::steady_clock::now() < end;
       std::this_thread::sleep_for(500ms)) {
    BOOST_TEST_REQUIRE(connection() == first);
    BOOST_TEST_REQUIRE(theirs.is_connected_to(ours.name()));
  }
  BOOST_TEST(!lost(ours));
  BOOST_TEST(!lost(theirs));
  theirs.unicast(ours.name(), 100, 1);
  ours.wait_for_blob("unicast", 100, 1);
}

BOOST_AUTO_TEST_SUITE_END()
