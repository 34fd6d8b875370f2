#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/forked.hpp"
#include "tests/scenarios/tcp_node.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a process that forks while nodes run in it. The child has none of
// the parent's threads.
namespace {

struct forking {
  forking() {
    a.connect_to(b);
    BOOST_TEST_REQUIRE(a.comes_to_know(2));
    BOOST_TEST_REQUIRE(b.comes_to_know(2));
  }

  /// Sends a unicast each way between the two nodes.
  /// @returns whether both arrive
  bool talk() {
    auto before_a = a.got().unicasts.load();
    auto before_b = b.got().unicasts.load();
    auto data = payload::copy_of(byte_view{"word"});
    if (a.ask_to_send(b, data) || b.ask_to_send(a, data))
      return false;
    return eventually([&] {
      return a.got().unicasts > before_a && b.got().unicasts > before_b;
    });
  }

  lean_config config;
  caf::actor_system system{config};
  tcp_node a{system, loopback_settings(1)};
  tcp_node b{system, loopback_settings(2)};
};

// ThreadSanitizer does not support threads in a forked child, so sanitized
// builds leave these tests out.
#ifndef CAFMESH_SANITIZED

/// Starts a node in a forked child.
/// @returns whether it joins the mesh of the node at this address
bool node_of_child_joins(const std::string& address, peer_name known) {
  lean_config config;
  caf::actor_system system{config};
  tcp_node c{system, loopback_settings(3)};
  c.connect_to(address);
  return c.comes_to_know(3)
         && !c.ask_to_send(known, payload::copy_of(byte_view{"hello"}));
}

#endif

} // namespace

BOOST_FIXTURE_TEST_SUITE(fork_tests, forking)

BOOST_AUTO_TEST_CASE(nodes_go_on_while_a_child_lives_and_after_its_exit) {
  forked child{[] {
    ::usleep(200'000);
    return true;
  }};
  BOOST_TEST(talk());
  BOOST_TEST(child.wait() == 0);
  BOOST_TEST(talk());
}

BOOST_AUTO_TEST_CASE(nodes_go_on_while_and_after_a_child_runs_a_program) {
  forked child{[] {
    ::execl("/bin/sleep", "sleep", "0.2", nullptr);
    return false;
  }};
  BOOST_TEST(talk());
  BOOST_TEST(child.wait() == 0);
  BOOST_TEST(talk());
}

#ifndef CAFMESH_SANITIZED

BOOST_AUTO_TEST_CASE(a_child_can_have_a_node_in_an_actor_system_of_its_own) {
  auto heard = a.got().unicasts.load();
  forked child{[this] {
    return node_of_child_joins(b.address(), a.name());
  }};
  BOOST_TEST(child.wait() == 0);
  BOOST_TEST(eventually([&] { return a.got().unicasts > heard; }));
  BOOST_TEST(talk());
  BOOST_TEST(b.comes_to_know(2));
}

BOOST_AUTO_TEST_CASE(a_child_of_a_child_can_have_a_node_as_well) {
  forked child{[this] {
    lean_config config_of_child;
    caf::actor_system system_of_child{config_of_child};
    tcp_node between{system_of_child, loopback_settings(4)};
    forked grandchild{[this] {
      return node_of_child_joins(b.address(), a.name());
    }};
    return grandchild.wait() == 0;
  }};
  BOOST_TEST(child.wait() == 0);
  BOOST_TEST(talk());
}

#endif

BOOST_AUTO_TEST_CASE(a_child_cannot_use_the_actor_system_of_its_parent) {
  forked child{[this] {
    auto node = spawn_router(system, loopback_settings(3));
    return !node && is(node.error(), errc::bad_setting)
           && describe(node.error()).find("forked") != std::string::npos;
  }};
  BOOST_TEST(child.wait() == 0);
  BOOST_TEST(talk());
}

BOOST_AUTO_TEST_CASE(joining_in_the_parents_actor_system_does_not_hang) {
  forked child{[this] {
    auto channel = join(system, router_actor{}, "chan", gossiper_actor{});
    return !channel && is(channel.error(), errc::bad_setting);
  }};
  BOOST_TEST(child.wait() == 0);
}

#ifndef CAFMESH_SANITIZED

BOOST_AUTO_TEST_CASE(a_child_cannot_use_the_transport_of_its_parent) {
  auto sockets = system_transport();
  forked child{[&sockets] {
    lean_config config_of_child;
    caf::actor_system system_of_child{config_of_child};
    auto node = spawn_router(system_of_child, loopback_settings(3), sockets);
    sockets.reset();
    return !node && is(node.error(), errc::socket_failed);
  }};
  BOOST_TEST(child.wait() == 0);
  BOOST_TEST(talk());
}

#endif

BOOST_AUTO_TEST_SUITE_END()
