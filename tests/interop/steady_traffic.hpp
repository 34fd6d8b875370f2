#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/interop/mesh_peer.hpp"

namespace cafmesh::test {

/// Continuous unicasts: each peer sends to all others in turn, and the result
/// of every message is recorded. To be used by one thread, which may use the
/// peers meanwhile.
class steady_traffic {
public:
  /// Two names, in any order.
  using pair = std::pair<std::string, std::string>;

  steady_traffic();
  steady_traffic(const steady_traffic&) = delete;
  steady_traffic& operator=(const steady_traffic&) = delete;
  ~steady_traffic();

  /// Starts traffic from this peer to all others and back.
  void add(mesh_peer& peer);

  /// Ends the traffic of this peer, which may then be killed. Messages under
  /// way to or from it are at risk.
  void remove(mesh_peer& peer);

  /// Puts messages between these pairs at risk: those under way, and those sent
  /// during the life of this object. They may be refused or lost, but must not
  /// arrive twice.
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
    std::size_t arrived = 0; ///< of those due: arrived at least once
    std::size_t refused = 0; ///< of those due
    std::size_t at_risk = 0;
    std::size_t at_risk_arrived = 0;
    std::size_t twice = 0;     ///< of all messages
    std::size_t astray = 0;    ///< arrived at a wrong peer, or were never sent
    std::string first_failure; ///< of those due
  };

  /// Stops sending, waits for messages that are due, then for duplicates.
  figures finish();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace cafmesh::test
