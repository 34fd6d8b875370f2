#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/interop/go_peer.hpp"

using namespace cafmesh::test;

// Tests of the Go driver, with Go peers only. The other tests in this folder
// rely on it.
BOOST_AUTO_TEST_SUITE(go_peer_tests)

namespace {

peer_options named(const std::string& name, const std::string& nickname) {
  peer_options result;
  result.name = name;
  result.nickname = nickname;
  return result;
}

peer_options secretive(peer_options options, const std::string& word) {
  options.password = word;
  return options;
}

bool is_broadcast(const nlohmann::json& event) {
  return event.at("event") == "broadcast";
}

/// Waits until the peer has routes to all three peers, itself among them.
/// Before that, it may know the peers, but does not pass on their broadcasts.
bool has_three_routes(go_peer& peer) {
  return eventually(
    [&] { return peer.status().at("UnicastRoutes").size() == 3; });
}

/// The line a -> b -> c, in which each dials the next.
struct line_of_three {
  go_peer a{named("00:00:00:00:00:0a", "a")};
  go_peer b{named("00:00:00:00:00:0b", "b")};
  go_peer c{named("00:00:00:00:00:0c", "c")};

  line_of_three() {
    a.connect_to(b.address());
    b.connect_to(c.address());
    for (auto* peer : {&a, &b, &c})
      BOOST_REQUIRE(has_three_routes(*peer));
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(size_and_seed_determine_a_blob) {
  BOOST_TEST(test_blob(0, 1).empty());
  // The first results of xorshift64* from the state 1, least significant byte
  // first.
  const std::vector<std::uint8_t> first{0x1d, 0xdd, 0x6c, 0x4f, 0x91,
                                        0xf4, 0x45, 0x25, 0x47};
  auto blob = test_blob(9, 0);
  BOOST_TEST(blob.size() == 9U);
  BOOST_TEST(blob == test_blob(9, 1), boost::test_tools::per_element());
  BOOST_TEST(digest({}) == "cbf29ce484222325");
  BOOST_TEST(digest({'a'}) == "af63dc4c8601ec8c");
}

BOOST_AUTO_TEST_CASE(two_peers_connect_and_know_each_other) {
  go_peer a{named("00:00:00:00:00:0a", "a")};
  go_peer b{named("00:00:00:00:00:0b", "b")};
  a.connect_to(b.address());
  BOOST_REQUIRE(eventually([&] { return b.is_connected_to(a.name()); }));
  BOOST_REQUIRE(eventually([&] { return a.is_connected_to(b.name()); }));
  auto seen = b.peers();
  BOOST_REQUIRE_EQUAL(seen.size(), 2U);
  BOOST_TEST(seen[0].name == a.name());
  BOOST_TEST(seen[0].nickname == "a");
  BOOST_TEST(seen[0].uid == a.uid());
  BOOST_REQUIRE_EQUAL(seen[0].connections.size(), 1U);
  BOOST_TEST(seen[0].connections[0].outbound);
  BOOST_TEST(seen[0].connections[0].address == b.address());
  BOOST_TEST(!seen[1].connections.at(0).outbound);
}

BOOST_FIXTURE_TEST_CASE(unicasts_of_all_sizes_arrive_over_two_hops,
                        line_of_three) {
  for (std::size_t size : {0U, 1U, 65536U, 9U << 20}) {
    a.unicast(c.name(), size, size + 7);
    auto got = c.wait_for_blob("unicast", size, size + 7);
    BOOST_TEST(got.at("from") == a.name());
    BOOST_TEST(got.at("channel") == "test");
  }
}

BOOST_FIXTURE_TEST_CASE(a_broadcast_reaches_each_other_peer_once,
                        line_of_three) {
  c.broadcast(1000, 1);
  c.broadcast(0, 2);
  for (auto* peer : {&a, &b}) {
    peer->wait_for_blob("broadcast", 1000, 1);
    BOOST_TEST(peer->wait_for_blob("broadcast", 0, 2).at("from") == c.name());
    BOOST_TEST(peer->count(is_broadcast) == 0U);
  }
  BOOST_TEST(c.count(is_broadcast) == 0U);
}

BOOST_FIXTURE_TEST_CASE(states_merge_by_maximum, line_of_three) {
  a.set("x", 3);
  c.set("x", 2);
  b.set("y", -1);
  for (auto* peer : {&a, &b, &c})
    BOOST_TEST(eventually([&] {
      return peer->get() == std::map<std::string, int>{{"x", 3}, {"y", -1}};
    }));
}

BOOST_AUTO_TEST_CASE(a_late_peer_gets_the_state_with_its_connection) {
  go_peer a{named("00:00:00:00:00:0a", "a")};
  a.set("x", 3);
  go_peer b{named("00:00:00:00:00:0b", "b")};
  b.connect_to(a.address());
  BOOST_TEST(eventually([&] { return b.get()["x"] == 3; }));
}

BOOST_AUTO_TEST_CASE(a_channel_without_gossiper_is_relayed) {
  go_peer a{named("00:00:00:00:00:0a", "a")};
  auto options = named("00:00:00:00:00:0b", "b");
  options.channels.clear();
  go_peer b{options};
  go_peer c{named("00:00:00:00:00:0c", "c")};
  a.connect_to(b.address());
  c.connect_to(b.address());
  for (auto* peer : {&a, &b, &c})
    BOOST_REQUIRE(has_three_routes(*peer));
  a.broadcast(10, 1);
  c.wait_for_blob("broadcast", 10, 1);
  BOOST_TEST(eventually([&] { return b.log_contains("surrogate"); }));
  BOOST_CHECK_THROW(b.broadcast(10, 1), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(the_status_is_that_of_the_library) {
  go_peer a{secretive(named("00:00:00:00:00:0a", "a"), "")};
  auto status = a.status();
  BOOST_TEST(status.at("Protocol") == "weave");
  BOOST_TEST(status.at("ProtocolMaxVersion") == 2);
  BOOST_TEST(status.at("Port") == a.port());
  BOOST_TEST(status.at("Encryption") == true);
  BOOST_TEST(status.at("Peers").at(0).at("NickName") == "a");
}

BOOST_AUTO_TEST_CASE(an_empty_password_is_a_password) {
  go_peer a{secretive(named("00:00:00:00:00:0a", "a"), "")};
  go_peer b{secretive(named("00:00:00:00:00:0b", "b"), "")};
  go_peer plain{named("00:00:00:00:00:0c", "c")};
  a.connect_to(b.address());
  BOOST_TEST(eventually([&] { return b.is_connected_to(a.name()); }));
  plain.connect_to(a.address());
  BOOST_TEST(eventually(
    [&] { return a.log_contains("requested an unencrypted connection"); }));
  BOOST_TEST(eventually(
    [&] { return plain.log_contains("requested an encrypted connection"); }));
}

BOOST_AUTO_TEST_CASE(the_driver_for_hash_names_works) {
  auto of = [](char digit) {
    auto result = named(std::string(32, digit), std::string(1, digit));
    result.hash_names = true;
    return result;
  };
  go_peer a{of('a')};
  go_peer b{of('b')};
  a.connect_to(b.address());
  BOOST_REQUIRE(eventually([&] { return b.is_connected_to(a.name()); }));
  BOOST_REQUIRE(eventually([&] { return a.is_connected_to(b.name()); }));
  a.unicast(b.name(), 5, 5);
  b.wait_for_blob("unicast", 5, 5);
}

BOOST_AUTO_TEST_CASE(
  a_killed_peer_is_forgotten_and_its_successor_known_as_new) {
  go_peer a{named("00:00:00:00:00:0a", "a")};
  auto options = named("00:00:00:00:00:0b", "b");
  options.port = free_port();
  auto b = std::make_unique<go_peer>(options);
  a.connect_to(b->address());
  BOOST_REQUIRE(eventually([&] { return a.is_connected_to(b->name()); }));
  const auto first_life = b->uid();
  b->kill();
  BOOST_TEST(eventually([&] { return a.peers().size() == 1; }));
  b = std::make_unique<go_peer>(options);
  BOOST_TEST(b->uid() != first_life);
  BOOST_TEST(eventually([&] { return a.is_connected_to(b->name()); }));
}

BOOST_AUTO_TEST_CASE(a_peer_that_quits_ends_and_stops_answering) {
  go_peer a{named("00:00:00:00:00:0a", "a")};
  BOOST_TEST(a.quit() == 0);
  BOOST_CHECK_THROW(a.status(), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_peer_that_cannot_start_reports_the_reason) {
  BOOST_CHECK_EXCEPTION(
    go_peer{named("nonsense", "a")}, std::runtime_error, [](const auto& e) {
      return std::string{e.what()}.find("nonsense") != std::string::npos;
    });
  go_peer a{named("00:00:00:00:00:0a", "a")};
  auto options = named("00:00:00:00:00:0b", "b");
  options.port = a.port();
  BOOST_CHECK_EXCEPTION(
    go_peer{options}, std::runtime_error, [](const auto& e) {
      return std::string{e.what()}.find("in use") != std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(a_wait_that_times_out_and_a_failed_command_throw) {
  go_peer a{named("00:00:00:00:00:0a", "a")};
  BOOST_CHECK_THROW(
    a.wait_for_blob("unicast", 1, 1, std::chrono::milliseconds(20)),
    std::runtime_error);
  BOOST_CHECK_EXCEPTION(a.unicast("00:00:00:00:00:0f", 1, 1),
                        std::runtime_error, [](const auto& e) {
                          return std::string{e.what()}.find(
                                   "unknown relay destination")
                                 != std::string::npos;
                        });
}

BOOST_AUTO_TEST_SUITE_END()
