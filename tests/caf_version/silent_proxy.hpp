#pragma once

#include <utility>

#include <caf/actor_proxy.hpp>
#include <caf/make_actor.hpp>

namespace cafmesh::test {

/// A proxy that ignores what it gets.
struct silent_proxy : caf::actor_proxy {
  using caf::actor_proxy::actor_proxy;
  using caf::actor_proxy::enqueue;
  void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {
  }
  void kill_proxy(caf::execution_unit*, caf::error) override {
  }
};

inline caf::strong_actor_ptr make_silent_proxy(caf::actor_system& system,
                                               caf::node_id node,
                                               caf::actor_id id) {
  caf::actor_config config;
  return caf::make_actor<silent_proxy, caf::strong_actor_ptr>(
    id, std::move(node), &system, config);
}

} // namespace cafmesh::test
