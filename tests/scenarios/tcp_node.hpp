#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <caf/actor_system.hpp>

#include "tests/support/eventually.hpp"
#include "tests/support/loopback.hpp"
#include <cafmesh/router.hpp>

/// Nodes that use real sockets and real time, several in one actor system.
namespace cafmesh::test {

/// Counts the unicasts that a node has received. The node's actors update the
/// counts, and the test reads them.
struct tally {
  std::atomic<std::size_t> unicasts{0};
  std::atomic<std::size_t> bytes{0};
};

class shared_log : public log_sink {
public:
  void write(log_level level, std::string_view text) override;
  /// The number of lines that contain all of `parts`.
  std::size_t count(const std::vector<std::string>& parts) const;

private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

class tcp_node {
public:
  tcp_node(caf::actor_system& system, settings config);
  tcp_node(const tcp_node&) = delete;
  tcp_node& operator=(const tcp_node&) = delete;
  ~tcp_node();

  /// Sends a unicast, and does not wait for the outcome.
  void send(const tcp_node& to, payload data);
  void send(peer_name to, payload data);
  /// Sends a unicast as a request, and waits until it is answered.
  /// @returns the failure, if any
  caf::error ask_to_send(const tcp_node& to, payload data);
  caf::error ask_to_send(peer_name to, payload data);
  /// Sends `count` unicasts as requests, and then waits for all answers.
  /// @returns the first failure, if any
  caf::error ask_to_send_many(peer_name to, const payload& data,
                              std::size_t count);
  void connect_to(const tcp_node& other);
  void connect_to(const std::string& address);
  std::size_t degree();
  /// Waits until the node knows `peers` peers, including itself, and at least
  /// one connection that leads to each of the others. Without these
  /// connections, the node would have no routes.
  bool comes_to_know(std::size_t peers);
  void stop();

  peer_name name() const noexcept {
    return us_.name;
  }
  /// The `host:port` that the node listens on.
  const std::string& address() const noexcept {
    return us_.address;
  }
  std::uint16_t port() const;
  const tally& got() const noexcept {
    return *got_;
  }
  const shared_log& log() const noexcept {
    return *log_;
  }

private:
  mesh_description topology();

  caf::actor_system& system_;
  std::shared_ptr<tally> got_ = std::make_shared<tally>();
  std::shared_ptr<shared_log> log_ = std::make_shared<shared_log>();
  router_actor router_;
  gossip_channel_actor channel_;
  gossiper_actor gossiper_;
  node_description us_;
};

using std::chrono::milliseconds;
using std::chrono::seconds;

void rest(milliseconds how_long);

} // namespace cafmesh::test
