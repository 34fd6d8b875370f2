#include <malloc.h>

#include <fstream>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/busy_listener.hpp"
#include "tests/scenarios/deaf_peer.hpp"
#include "tests/scenarios/holdings.hpp"
#include "tests/scenarios/tcp_node.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of stopping nodes over real sockets.
namespace {

constexpr std::size_t kib = 1024;

struct tcp_stops {
  lean_config config;
  caf::actor_system system{config};

  static milliseconds time_of_stop(tcp_node& x) {
    auto before = std::chrono::steady_clock::now();
    x.stop();
    return std::chrono::duration_cast<milliseconds>(
      std::chrono::steady_clock::now() - before);
  }
};

/// The number of sockets in the kernel with this local port, including those
/// that no process has open any more.
std::size_t sockets_at(std::uint16_t port) {
  std::ostringstream hex;
  hex << ':' << std::hex << std::uppercase << std::setfill('0') << std::setw(4)
      << port;
  std::size_t result = 0;
  std::string number, local, line;
  for (std::ifstream in{"/proc/net/tcp"};
       in >> number >> local && std::getline(in, line);)
    if (local.size() > 5 && local.substr(local.size() - 5) == hex.str())
      ++result;
  return result;
}

// A heap may grow by up to this much in a thousand rounds, because threads keep
// some tens of KiB for later allocations. If each round leaked even one of the
// smallest actors, the heap would grow by more.
constexpr std::size_t harmless_growth = 256 * kib;

// The timers of an ended actor take memory until they are due, so most of these
// intervals are short.
settings with_short_timers(std::uint64_t name) {
  auto result = loopback_settings(name);
  result.heartbeat_interval = milliseconds{500};
  result.patience = seconds{60};
  result.gossip_interval = milliseconds{500};
  result.drain_limit = milliseconds{1000};
  result.header_timeout = milliseconds{1000};
  return result;
}

// Measures what this process holds. First returns unused memory to the system,
// because the timers of ended actors leave some 12 MiB of it.
holdings held_at_rest(caf::actor_system& system) {
  ::malloc_trim(0);
  return measure_holdings(system);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(stopping_over_tcp_tests, tcp_stops)

// The data exceeds the kernel's buffers, so the node still has some of it when
// it is stopped.
BOOST_AUTO_TEST_CASE(accepted_messages_arrive_despite_an_immediate_stop) {
  constexpr std::size_t messages = 300;
  const auto data = payload{bytes(64 * kib, 'x')};
  auto limit = loopback_settings(1);
  limit.drain_limit = seconds{30};
  limit.max_waiting_bytes = messages * 65 * kib;
  for (int round = 0; round < 5; ++round) {
    tcp_node a{system, limit};
    tcp_node b{system, loopback_settings(2)};
    a.connect_to(b);
    BOOST_TEST_REQUIRE(a.comes_to_know(2));
    for (std::size_t i = 0; i < messages; ++i)
      a.send(b, data);
    a.stop();
    BOOST_TEST(eventually([&] { return b.got().unicasts == messages; }),
               b.got().unicasts << " of " << messages << " arrived");
    BOOST_TEST(b.got().bytes == messages * 64 * kib);
    BOOST_TEST(b.log().count({"closed", "connection_closed"}) == 1u);
  }
}

BOOST_AUTO_TEST_CASE(the_port_is_free_when_the_stop_is_answered) {
  tcp_node b{system, loopback_settings(2)};
  auto again = loopback_settings(1);
  for (int round = 0; round < 20; ++round) {
    tcp_node a{system, again};
    again.port = a.port();
    b.connect_to(a);
    BOOST_TEST_REQUIRE(a.comes_to_know(2));
  }
}

BOOST_AUTO_TEST_CASE(a_node_that_has_stopped_leaves_no_socket_in_the_kernel) {
  // The kernel keeps a closed socket for a minute. So the test looks for a port
  // that no socket has used in the last minute.
  auto made = std::make_unique<tcp_node>(system, loopback_settings(1));
  while (sockets_at(made->port()) != 1)
    made = std::make_unique<tcp_node>(system, loopback_settings(1));
  auto& a = *made;
  tcp_node b{system, loopback_settings(2)};
  b.connect_to(a);
  BOOST_TEST_REQUIRE(a.comes_to_know(2));
  BOOST_TEST(sockets_at(a.port()) == 2u); // a listener and a connection
  a.stop();
  BOOST_TEST(eventually([&] { return sockets_at(a.port()) == 0; }));
}

BOOST_AUTO_TEST_CASE(an_unanswered_dial_ends_with_its_node) {
  const busy_listener mute;
  tcp_node a{system, loopback_settings(1)};
  const auto descriptors = [this] {
    return measure_holdings(system).descriptors;
  };
  const auto at_rest = descriptors();
  a.connect_to(mute.address());
  BOOST_TEST_REQUIRE(eventually([&] { return descriptors() == at_rest + 1; }));
  rest(milliseconds{300});
  BOOST_TEST_REQUIRE(descriptors() == at_rest + 1);
  const auto keeper = system_transport();
  a.stop();
  // One descriptor fewer than before, because the node's listening socket is
  // closed too.
  BOOST_TEST(eventually([&] { return descriptors() == at_rest - 1; }));
}

BOOST_AUTO_TEST_CASE(a_deaf_peer_delays_a_stop_by_the_drain_limit_at_most) {
  auto config_of_a = loopback_settings(1);
  config_of_a.drain_limit = milliseconds{500};
  tcp_node a{system, config_of_a};
  deaf_peer deaf{a.port(), peer_name::from_number(9)};
  BOOST_TEST_REQUIRE(a.comes_to_know(2));
  const auto data = payload{bytes(64 * kib, 'x')};
  while (!a.ask_to_send(peer_name::from_number(9), data))
    continue;
  auto took = time_of_stop(a);
  BOOST_TEST_MESSAGE("a stop with a peer that reads nothing: " << took.count()
                                                               << " ms");
  BOOST_TEST(took.count() >= 500);
  BOOST_TEST(took.count() < 500 + 3000); // 3 s more on a busy machine
  BOOST_TEST(eventually([&] { return deaf.is_cut_off(); }));
}

BOOST_AUTO_TEST_CASE(a_thousand_starts_and_stops_leave_nothing_behind) {
  const auto keeper = system_transport(); // keeps its threads between rounds
  auto round = [&] {
    tcp_node a{system, with_short_timers(1)};
    tcp_node b{system, with_short_timers(2)};
    a.connect_to(b);
    if (!eventually([&] { return a.degree() == 1 && b.degree() == 1; }))
      return false;
    return !a.ask_to_send(b, payload{bytes(kib, 'x')});
  };
  for (int i = 0; i < 100; ++i)
    BOOST_TEST_REQUIRE(round());
  BOOST_TEST(eventually([&] { return system.registry().running() == 0; }));
  rest(seconds{31}); // a dial starts a timer of 30 s
  const auto before = held_at_rest(system);
  for (int i = 0; i < 1000; ++i)
    BOOST_TEST_REQUIRE(round());
  BOOST_TEST(eventually([&] { return system.registry().running() == 0; }));
  BOOST_TEST(eventually(
    [&] {
      return measure_holdings(system).heap < before.heap + harmless_growth;
    },
    seconds{60}));
  const auto after = held_at_rest(system);
  std::cout << "figure: 1000 rounds of start, connect, send and stop, of two "
               "nodes; before: "
            << before << "; after: " << after << std::endl;
  BOOST_TEST(after.actors == before.actors);
  BOOST_TEST(after.descriptors == before.descriptors);
  BOOST_TEST(after.threads == before.threads);
  BOOST_TEST(after.rss < before.rss + 4 * 1024 * kib);
}

BOOST_AUTO_TEST_SUITE_END()
