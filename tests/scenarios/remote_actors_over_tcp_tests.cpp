#include <chrono>
#include <memory>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/context/remote_parts.hpp"
#include "actors/remote/actor_layer.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/options.hpp>
#include <cafmesh/presets.hpp>

/// Tests of actors in different systems that use each other over real sockets,
/// encrypted and over a relay.
using namespace cafmesh;

namespace {

constexpr std::chrono::seconds patience{20};

struct application : caf::actor_system_config {
  application() {
    add_options(*this);
    set("scheduler.max-threads", 2);
  }
};

struct peer {
  explicit peer(std::vector<std::string> peers) {
    auto settings = *preset("loopback");
    settings.port = 0;
    settings.discovery = false;
    settings.peers = std::move(peers);
    settings.passwords = {password{"secret"}};
    auto spawned = spawn_router(system, settings, nullptr, make_null_sink());
    BOOST_REQUIRE(spawned);
    router = *spawned;
    auto joined = spawn_actor_layer(system, router, {}, make_null_sink());
    BOOST_REQUIRE(joined);
    remote = *joined;
    caf::scoped_actor self{system};
    self->request(router, patience, get_node{})
      .receive(
        [this](node_description& x) {
          home = {x.name, x.uid, system.node()};
          address = x.address;
        },
        [](caf::error& why) { BOOST_FAIL(describe(why)); });
    self->request(router, patience, start_mesh{})
      .receive([] {}, [](caf::error& why) { BOOST_FAIL(describe(why)); });
  }
  ~peer() {
    caf::scoped_actor self{system};
    self->request(router, patience, stop_mesh{})
      .receive([] {}, [](caf::error&) {});
    router = nullptr;
    remote = {};
  }

  application config;
  caf::actor_system system{config};
  router_actor router;
  actor_layer remote;
  actor_home home;
  std::string address;
};

caf::behavior adder(caf::event_based_actor* self) {
  return {[](int x, int y) { return x + y; },
          [self](const std::string&) {
            self->quit();
          }};
}

} // namespace

BOOST_AUTO_TEST_SUITE(remote_actors_over_tcp_tests)

BOOST_AUTO_TEST_CASE(an_actor_behind_an_encrypted_relay_is_used_and_monitored) {
  peer relay{{}};
  peer here{{relay.address}};
  peer there{{relay.address}};
  homes_changed homes{{here.home, relay.home, there.home}, {}};
  for (auto x : {&here, &relay, &there})
    caf::anon_send(x->remote.postman, homes);
  auto far = there.system.spawn(adder);
  there.remote.carrier->publish(caf::actor_cast<caf::strong_actor_ptr>(far));
  auto handle = caf::actor_cast<caf::actor>(
    here.remote.carrier->handle_of(far.node(), far.id()));
  caf::scoped_actor self{here.system};
  self->monitor(handle);
  for (int i = 0; i < 1000; ++i)
    self->request(handle, patience, i, 1)
      .receive([i](int sum) { BOOST_REQUIRE(sum == i + 1); },
               [](caf::error& why) { BOOST_FAIL(describe(why)); });
  self->send(handle, std::string{"end"});
  self->receive([&](const caf::down_msg& x) {
    BOOST_TEST((x.source == handle.address()));
    BOOST_TEST(!x.reason);
  });
}

BOOST_AUTO_TEST_SUITE_END()
