#pragma once

#include <string>

#include "messages/wire/features.hpp"
#include <cafmesh/ids.hpp>
#include <cafmesh/peer_name.hpp>

/// How a connection becomes part of the mesh: what the connections, the
/// connection maker and the topology of one node say to each other.
namespace cafmesh {

/// Ourselves in this life.
struct local_identity {
  peer_name name;
  std::string nickname;
  peer_uid uid = peer_uid::none;
  short_id alias{};
};

// connection -> topology

/// -> local_identity, with the short ID that we have now.
struct get_identity {};

/// A connection whose remote has introduced itself and wants in.
struct connection_offer {
  connection_id id{};
  connection_uid uid{};
  wire::introduction remote;
  std::string remote_address; ///< `host:port`
  bool outbound = false;
  /// Whether the remote may be a peer that we have not heard of: true for an
  /// inbound connection and for an address that the user gave.
  bool may_be_new = false;
};

/// topology -> connection: it is tied in.
struct admission {
  /// The peer was known under another UID: it has forgotten everything.
  bool restarted = false;
  /// The peer was out of reach, by established connections, until now.
  bool new_peer = false;

  bool wants_everything() const noexcept {
    return restarted || new_peer;
  }
};

/// The overlay, or the lack of one, has confirmed the connection.
struct confirm_connection {
  connection_id id;
};

// connection_maker -> topology

/// -> vector of `host:port`, see topology::discovered_addresses.
struct get_discovered_addresses {};

} // namespace cafmesh
