#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/wire/features.hpp"
#include <cafmesh/ids.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

/// How a connection becomes part of the mesh: the messages between the
/// connections, the connection maker and the topology of one node.
namespace cafmesh {

/// The identity of this node. Only the short ID may change.
struct local_identity {
  peer_name name;
  std::string nickname;
  peer_uid uid = peer_uid::none;
  short_id alias{};
};

// connection -> topology

/// The answer is a local_identity with our current short ID.
struct get_identity {};

/// Asks to admit a connection whose remote has introduced itself.
struct connection_offer {
  connection_id id{};
  connection_uid uid{};
  wire::introduction remote;
  std::string remote_address; ///< `host:port`
  bool outbound = false;
  /// Whether the remote may be an unknown peer: true for an inbound connection
  /// and for an address from the user.
  bool may_be_new = false;
};

/// topology -> connection: the connection is admitted.
struct admission {
  /// Whether the peer has restarted and lost its state. True if this node knew
  /// the peer under a different UID.
  bool restarted = false;
  /// Whether this node had no path to the peer over established connections.
  bool new_peer = false;
  /// Whether this node compares its records with the peer's later. It does so
  /// if it already knew a path to the peer and there is much news.
  bool compare_later = false;

  bool wants_everything() const noexcept {
    return restarted || new_peer;
  }
};

/// The connection is established. Sent when the overlay confirms an admitted
/// connection or, without an overlay, immediately after the admission.
struct confirm_connection {
  connection_id id;
};

// connection_maker -> topology

/// Asks which addresses discovery should dial. The topology may close a
/// connection in `chosen` that is no longer needed, see
/// mesh_model::plan_discovery.
struct get_discovered_addresses {
  /// Our connections to addresses that came from discovery and not from the
  /// user.
  std::vector<connection_id> chosen;
  /// The addresses of earlier answers that are being dialled, have been dialled
  /// or cannot be dialled.
  std::vector<std::string> tried;
};

/// The answer.
struct discovered_addresses {
  std::vector<std::string> addresses;
  bool is_limited = false;
  std::optional<instant> again; ///< when to ask again if nothing changes
};

} // namespace cafmesh
