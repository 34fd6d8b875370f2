#include <csignal>
#include <iostream>
#include <mutex>

#include <boost/test/unit_test.hpp>

#include "tests/interop/child_process.hpp"
#include "tests/scenarios/tcp_node.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// A test of a neighbour whose process is suspended. Its kernel still
// acknowledges what the node sends.
namespace {

class lone_node {
public:
  explicit lone_node(const std::string& peer)
      : process_({CAFMESH_LONE_NODE, "--log-file=/dev/null",
                  "--mesh.host=127.0.0.1", "--mesh.port=0",
                  "--mesh.name=00:00:00:00:00:09", "--mesh.discovery=false",
                  "--mesh.heartbeat-interval=300ms", "--mesh.patience=1200ms",
                  "--mesh.peers=" + peer},
                 [](const std::string*) {}) {
  }
  void freeze() {
    process_.suspend();
  }
  void go_on() {
    process_.resume();
  }

private:
  child_process process_;
};

settings watchful(std::uint64_t name) {
  auto result = loopback_settings(name);
  result.heartbeat_interval = milliseconds{300};
  result.patience = milliseconds{1200};
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(frozen_peer_tests)

BOOST_AUTO_TEST_CASE(a_suspended_process_is_noticed_within_two_seconds) {
  lean_config config;
  caf::actor_system system{config};
  tcp_node a{system, watchful(1)};
  lone_node other{a.address()};
  BOOST_TEST_REQUIRE(a.comes_to_know(2));
  rest(seconds{3}); // with heartbeats in between
  BOOST_TEST_REQUIRE(a.degree() == 1u);
  const auto frozen = std::chrono::steady_clock::now();
  other.freeze();
  BOOST_TEST(eventually([&] { return a.degree() == 0; }));
  const auto missed = std::chrono::duration_cast<milliseconds>(
    std::chrono::steady_clock::now() - frozen);
  std::cout << "figure: a frozen process was missed after " << missed.count()
            << " ms" << std::endl;
  // A neighbour may be silent for 1200 ms. The node checks this every 150 ms.
  BOOST_TEST(missed.count() < 2000);
  BOOST_TEST(a.log().count({"closed", "silent for 1200 ms"}) == 1u);
  other.go_on();
  BOOST_TEST(eventually([&] { return a.degree() == 1; }));
}

BOOST_AUTO_TEST_SUITE_END()
