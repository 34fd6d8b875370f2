#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <caf/fwd.hpp>

#include "tests/support/datagrams.hpp"
#include <cafmesh/overlay.hpp>

/// A minimal overlay. Heartbeats in datagrams, in both directions, decide
/// whether a connection becomes and stays established.
namespace cafmesh::test {

struct overlay_options {
  std::chrono::milliseconds interval{100};
  /// The time without a heartbeat after which a confirmed connection fails.
  std::chrono::milliseconds patience{1'000};
  /// Features in addition to `DatagramPort`.
  overlay_features features;
  /// Whether to report each connection as established when it is prepared.
  bool hasty = false;
  /// If not empty, the answer to each request for a connection.
  caf::error refusal;
  std::string diagnostics = R"({"Kind":"datagrams"})";
  /// Whether to leave requests for the status unanswered.
  bool silent = false;
};

struct prepared_connection {
  prepare_overlay_connection asked;
  overlay_connection_actor connection;
  bool confirmed = false;
  bool ended = false;
  std::vector<std::pair<overlay_tag, std::string>> controls;
};

/// Records the connections of an overlay. The record is shared between the
/// overlay's actors and the test, which may run in a different thread.
class overlay_record {
public:
  template <class F>
  auto with(F f) const {
    std::lock_guard guard{mutex_};
    return f(connections_);
  }

  /// A copy of the record of the latest connection; an empty one if there is
  /// none.
  prepared_connection latest() const;
  std::size_t count() const;
  std::size_t count_ended() const;

  std::size_t add(const prepare_overlay_connection& asked,
                  overlay_connection_actor connection);
  void change(std::size_t which, void (*f)(prepared_connection&));
  void add_control(std::size_t which, const overlay_control_arrived& x);

private:
  mutable std::mutex mutex_;
  mutable std::vector<prepared_connection> connections_;
};

using overlay_record_ptr = std::shared_ptr<overlay_record>;

/// Spawns the overlay of one node.
/// @param options may be changed at any time by a test in the same thread
overlay_actor spawn_datagram_overlay(caf::actor_system& system,
                                     datagram_port_ptr port,
                                     std::shared_ptr<overlay_options> options,
                                     overlay_record_ptr seen);

} // namespace cafmesh::test
