#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// What a peer says of itself (protocol section 6).
struct peer_summary {
  peer_name name;
  std::string nickname;
  peer_uid uid = peer_uid::none;
  std::uint64_t version = 0;
  std::optional<short_id> alias; // absent: has no short ID
};

/// What a peer says of one of its connections.
struct connection_summary {
  peer_name remote;
  /// `host:port` as that peer sees its remote; for an inbound connection the
  /// port is an ephemeral one.
  std::string remote_address;
  bool outbound = false;
  bool established = false;
};

/// A peer and its connections, sorted by remote name, at most one a remote.
struct peer_record {
  peer_summary peer;
  std::vector<connection_summary> connections;
};

bool operator==(const peer_summary& x, const peer_summary& y);
bool operator==(const connection_summary& x, const connection_summary& y);

} // namespace cafmesh
