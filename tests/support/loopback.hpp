#pragma once

#include <chrono>
#include <cstdint>

#include <caf/actor_system_config.hpp>

#include <cafmesh/scheduling.hpp>
#include <cafmesh/settings.hpp>

/// The configuration of nodes that use real sockets and real time.
namespace cafmesh::test {

/// Has two threads only, because one test may run several actor systems.
struct lean_config : caf::actor_system_config {
  lean_config() {
    set_scheduling(*this);
    set("scheduler.max-threads", std::size_t{2});
  }
};

/// Settings of a node that listens on any free port of 127.0.0.1.
inline settings loopback_settings(std::uint64_t name) {
  settings result;
  result.name = peer_name::from_number(name);
  result.host = "127.0.0.1";
  result.port = 0;
  result.discovery = false;
  result.retry_initial = std::chrono::milliseconds{100};
  result.retry_max = std::chrono::milliseconds{500};
  return result;
}

} // namespace cafmesh::test
