#pragma once

#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include "tests/support/eventually.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/presets.hpp>
#include <cafmesh/router.hpp>
#include <cafmesh/status.hpp>

namespace cafmesh::test {

/// An actor system with a node that uses real sockets on loopback, and dials
/// `peers`. A suite derives from it, adds what it needs to the node and then
/// calls `start`. The destructor of the derived class calls `stop` and then
/// resets its own handles.
/// @tparam Config the configuration of the actor system
template <class Config>
struct loopback_peer {
  explicit loopback_peer(std::vector<std::string> peers,
                         std::vector<password> passwords = {}) {
    auto settings = *preset("loopback");
    settings.port = 0;
    settings.discovery = false;
    settings.peers = std::move(peers);
    settings.passwords = std::move(passwords);
    auto spawned = spawn_router(system, settings, nullptr, make_null_sink());
    BOOST_TEST_REQUIRE(bool{spawned});
    router = *spawned;
    node = ask<node_description>(router, get_node{});
  }
  loopback_peer(const loopback_peer&) = delete;
  loopback_peer& operator=(const loopback_peer&) = delete;
  ~loopback_peer() {
    stop();
  }

  void start() {
    tell(router, start_mesh{});
  }
  void stop() {
    if (router)
      self->request(router, patience, stop_mesh{})
        .receive([] {}, [](const caf::error&) {});
    router = nullptr;
  }

  /// Sends a request, and waits for the answer, which must not be an error.
  template <class T, class Handle, class... Ts>
  T ask(const Handle& whom, Ts... what) {
    T result{};
    self->request(whom, patience, std::move(what)...)
      .receive([&](T& x) { result = std::move(x); }, fail);
    return result;
  }
  /// Like `ask`, for a request whose answer is empty.
  template <class Handle, class... Ts>
  void tell(const Handle& whom, Ts... what) {
    self->request(whom, patience, std::move(what)...).receive([] {}, fail);
  }

  static void fail(const caf::error& why) {
    BOOST_FAIL(describe(why));
  }

  Config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  router_actor router;
  node_description node;
};

} // namespace cafmesh::test
