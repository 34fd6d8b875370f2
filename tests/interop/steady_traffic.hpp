#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/interop/mesh_peer.hpp"

namespace cafmesh::test {

/// Unicasts that never cease: each of some peers sends to each other in turn,
/// and the fate of every single message is known. Nothing here is for more than
/// one thread, but the peers may meanwhile be used by that thread.
class steady_traffic {
public:
  /// Two names, in any order.
  using pair = std::pair<std::string, std::string>;

  steady_traffic();
  steady_traffic(const steady_traffic&) = delete;
  steady_traffic& operator=(const steady_traffic&) = delete;
  ~steady_traffic();

  /// From now on it sends to all, and all to it.
  void add(mesh_peer& peer);

  /// From now on it may be killed. What is under way to it or from it is at
  /// risk.
  void remove(mesh_peer& peer);

  /// What is under way between these, and what is sent while this lives, is at
  /// risk: it may be refused or lost, but not arrive twice.
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
    std::size_t due = 0;     ///< never at risk
    std::size_t arrived = 0; ///< of those, once or more
    std::size_t refused = 0; ///< of those
    std::size_t at_risk = 0;
    std::size_t at_risk_arrived = 0;
    std::size_t twice = 0;     ///< of all
    std::size_t astray = 0;    ///< to somebody else, or sent by nobody
    std::string first_failure; ///< of those that were due
  };

  /// Sends no more, waits for what is due, and then for what came twice.
  figures finish();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace cafmesh::test
