#include <chrono>

#include <boost/test/unit_test.hpp>
#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <caf/send.hpp>

#include "tests/scenarios/caf_io_config.hpp"
#include "tests/scenarios/loopback_peer.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/remote_actors.hpp>

/// Tests of actors across the mesh in applications that also use the remote
/// actors of `caf::io`. The tests use real sockets on loopback.
using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct peer : loopback_peer<caf_io_config> {
  explicit peer(std::vector<std::string> peers)
      : loopback_peer(std::move(peers)) {
    actor_settings limits;
    limits.handle_grace = std::chrono::milliseconds{100};
    auto joined = join_actors(system, router, limits, make_null_sink());
    BOOST_REQUIRE(joined);
    names = *joined;
    start();
  }
  ~peer() {
    stop();
    names = nullptr;
  }

  void publish(const std::string& name, const caf::actor& x) {
    tell(names, publication(system, name, x));
  }
  std::vector<resolved_actor> find(const std::string& name) {
    std::vector<resolved_actor> result;
    self->request(names, patience, resolve_name{name, which_actor::all, {}, {}})
      .receive([&](resolved_actors& x) { result = std::move(x.all); },
               [](caf::error&) {});
    return result;
  }

  directory_actor names;
};

// Adds numbers, and returns handles.
caf::behavior helper(caf::event_based_actor* self) {
  return {[](int x, int y) { return x + y; },
          [](const caf::actor& x) { return x; },
          [self](const std::string&) {
            self->quit();
          }};
}

} // namespace

BOOST_AUTO_TEST_SUITE(beside_caf_io_tests)

BOOST_AUTO_TEST_CASE(one_actor_is_reached_over_the_mesh_and_over_caf_io) {
  peer here{{}};
  peer there{{here.node.address}};
  auto far = there.system.spawn(helper);
  there.publish("helper", far);
  BOOST_TEST_REQUIRE(
    eventually([&] { return here.find("helper").size() == 1u; }));
  auto over_mesh = here.find("helper").front().as<caf::actor>();
  auto port = there.system.middleman().publish(far, 0, "127.0.0.1");
  BOOST_REQUIRE(port);
  auto over_io = here.system.middleman().remote_actor("127.0.0.1", *port);
  BOOST_REQUIRE(over_io);
  auto local = here.system.spawn(helper);
  for (const auto& handle :
       {over_mesh, caf::actor_cast<caf::actor>(*over_io)}) {
    BOOST_TEST(here.ask<int>(handle, 40, 2) == 42);
    BOOST_TEST((here.ask<caf::actor>(handle, local) == local));
  }
  BOOST_TEST((over_mesh == caf::actor_cast<caf::actor>(*over_io)));
  here.self->send(over_mesh, std::string{"end"});
  BOOST_TEST(eventually([&] { return here.find("helper").empty(); }));
  caf::anon_send_exit(local, caf::exit_reason::user_shutdown);
}

// When no peer of the mesh holds a handle any more, the mesh forgets the actor.
BOOST_AUTO_TEST_CASE(caf_io_reaches_an_actor_that_the_mesh_has_forgotten) {
  peer here{{}};
  peer there{{here.node.address}};
  auto far = there.system.spawn(helper);
  auto port = there.system.middleman().publish(far, 0, "127.0.0.1");
  BOOST_REQUIRE(port);
  auto over_io = caf::actor_cast<caf::actor>(
    *here.system.middleman().remote_actor("127.0.0.1", *port));
  there.publish("helper", far);
  BOOST_TEST_REQUIRE(
    eventually([&] { return here.find("helper").size() == 1u; }));
  auto exported = [&] {
    return there.ask<actors_status>(there.names, get_actors{}).exported;
  };
  BOOST_TEST(exported() == 1u);
  there.self->send(there.names, unpublish_name{"helper"});
  BOOST_TEST(eventually([&] { return exported() == 0u; }));
  BOOST_TEST(!!there.system.registry().get(far.id()));
  BOOST_TEST(here.ask<int>(over_io, 40, 2) == 42);
  BOOST_TEST((here.ask<caf::actor>(over_io, far) == over_io));
  caf::anon_send_exit(far, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_SUITE_END()
