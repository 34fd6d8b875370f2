#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/interop/mesh_peer.hpp"

namespace cafmesh::test {

/// Makes each peer send unicasts to all others in turn, and records which
/// arrive. Only one thread may use this object. The same thread may use the
/// peers while unicasts are being sent.
class steady_traffic {
public:
  /// The names of two peers, in any order.
  using pair = std::pair<std::string, std::string>;

  steady_traffic();
  steady_traffic(const steady_traffic&) = delete;
  steady_traffic& operator=(const steady_traffic&) = delete;
  ~steady_traffic();

  /// Starts unicasts between this peer and all peers that were added before.
  void add(mesh_peer& peer);

  /// Ends the unicasts from and to this peer. Afterwards, the peer may be
  /// killed. Unicasts that have not arrived yet count as at risk; see `risk`.
  void remove(mesh_peer& peer);

  /// Unicasts between these pairs are at risk while this object exists,
  /// including unicasts that are on their way when the object is made. They may
  /// be refused or lost, but must not arrive twice.
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
    std::size_t astray = 0;    ///< misdelivered or never sent
    std::string first_failure; ///< about a message that was due
  };

  /// Stops sending. Waits until every unicast that must arrive has arrived, and
  /// then one more second for duplicates.
  figures finish();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace cafmesh::test
