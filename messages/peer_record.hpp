#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>

/// The records that peers announce. See PROTOCOL.md, "Topology".
namespace cafmesh {

/// A peer's description of itself.
struct peer_summary {
  peer_name name;
  std::string nickname;
  peer_uid uid = peer_uid::none;
  std::uint64_t version = 0;
  std::optional<short_id> alias; ///< absent if the peer has none
};

/// A peer's description of one of its connections.
struct connection_summary {
  peer_name remote;
  /// `host:port` of the remote, as the peer sees it. If the connection is
  /// inbound, the port is ephemeral.
  std::string remote_address;
  bool outbound = false;
  bool established = false;
};

/// A peer and its connections, which are sorted by the remote's name. There is
/// at most one connection for each remote.
struct peer_record {
  peer_summary peer;
  std::vector<connection_summary> connections;
};

bool operator==(const peer_summary& x, const peer_summary& y);
bool operator==(const connection_summary& x, const connection_summary& y);
bool operator==(const peer_record& x, const peer_record& y);

} // namespace cafmesh
