#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/interop/mesh_peer.hpp"

namespace cafmesh::test {

/// Generates continuous unicasts: each peer sends to all others in turn, and
/// what happens to every message is recorded. To be used by one thread, which
/// may use the peers meanwhile.
class steady_traffic {
public:
  /// The names of two peers, in any order.
  using pair = std::pair<std::string, std::string>;

  steady_traffic();
  steady_traffic(const steady_traffic&) = delete;
  steady_traffic& operator=(const steady_traffic&) = delete;
  ~steady_traffic();

  /// Starts traffic from this peer to all others and back.
  void add(mesh_peer& peer);

  /// Ends the traffic of this peer, which may then be killed. Messages on their
  /// way to or from it are at risk.
  void remove(mesh_peer& peer);

  /// While this object exists, messages between these pairs are at risk,
  /// including those already on their way. They may be refused or lost, but
  /// must not arrive twice.
  class risk {
  public:
    risk(steady_traffic& traffic, std::vector<pair> between);
    risk(const risk&) = delete;
    risk& operator=(const risk&) = delete;
    ~risk();

  private:
    steady_traffic& traffic_;
    std::vector<pair> between_;
  };

  struct figures {
    std::size_t due = 0;     ///< messages that were never at risk
    std::size_t arrived = 0; ///< due messages that arrived at least once
    std::size_t refused = 0; ///< due messages that were refused
    std::size_t at_risk = 0;
    std::size_t at_risk_arrived = 0;
    std::size_t twice = 0;     ///< messages that arrived twice
    std::size_t astray = 0;    ///< messages for another peer, or never sent
    std::string first_failure; ///< about a message that was due
  };

  /// Stops sending, waits until messages that are due have arrived, and then
  /// waits for duplicates.
  figures finish();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace cafmesh::test
