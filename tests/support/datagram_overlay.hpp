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

/// An overlay as small as can be: heartbeats in datagrams, each way, decide
/// whether a connection is established and whether it still is.
namespace cafmesh::test {

/// How an overlay is to behave.
struct overlay_options {
  std::chrono::milliseconds interval{100};
  /// Without a heartbeat for so long after its confirmation, it has failed.
  std::chrono::milliseconds patience{1'000};
  /// Besides `DatagramPort`.
  overlay_features features;
  /// Says that it works as soon as it is prepared.
  bool hasty = false;
  /// Instead of preparing a connection.
  caf::error refusal;
  std::string diagnostics = R"({"Kind":"datagrams"})";
  /// Questions for the status stay open.
  bool silent = false;
};

/// One prepared connection, as its overlay saw it.
struct prepared_connection {
  prepare_overlay_connection asked;
  overlay_connection_actor connection;
  bool confirmed = false;
  bool ended = false;
  std::vector<std::pair<overlay_tag, std::string>> controls;
};

/// What an overlay has seen; shared between its actors and the test, which may
/// run in another thread.
class overlay_record {
public:
  template <class F>
  auto with(F f) const {
    std::lock_guard guard{mutex_};
    return f(connections_);
  }

  /// A copy of the latest; an empty one if there is none.
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

/// @param options may be changed by a test in the same thread.
overlay_actor spawn_datagram_overlay(caf::actor_system& system,
                                     datagram_port_ptr port,
                                     std::shared_ptr<overlay_options> options,
                                     overlay_record_ptr seen);

} // namespace cafmesh::test
