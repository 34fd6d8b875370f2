#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <cafmesh/ids.hpp>
#include <cafmesh/membership.hpp>
#include <cafmesh/peer_name.hpp>

/// A node's state for people and monitoring: what the Go library's `Status`
/// has, and more. A snapshot whose parts were taken within about a second.
namespace cafmesh {

// users -> router

/// -> mesh_status
struct get_status {};

// users -> gossip_channel

/// -> channel_status
struct get_channel_status {};

/// What went over a connection since it was opened.
struct traffic_figures {
  std::uint64_t frames_in = 0;
  std::uint64_t bytes_in = 0; ///< as read from the socket
  std::uint64_t frames_out = 0;
  std::uint64_t bytes_out = 0; ///< as written to the socket
};

/// One of our own connections, from its first byte on.
struct connection_status {
  connection_id id{};
  peer_name remote; ///< unknown until it has introduced itself
  std::string nickname;
  std::string address; ///< `ip:port` of the remote
  bool outbound = false;
  bool established = false;
  bool encrypted = false;
  /// Either side does not trust the other's address.
  bool untrusted = true;
  std::uint8_t protocol_version = 0; ///< 1 or 2; 0: not agreed on yet
  traffic_figures traffic;
  std::uint64_t waiting_bytes = 0;         ///< sealed, not taken by the socket
  std::uint32_t unanswered_batches = 0;    ///< with channels; limits reading
  std::uint32_t waiting_writers = 0;       ///< who will get credit later
  std::chrono::milliseconds silent_for{0}; ///< since the last word from it
  /// What the overlay says of it, `name` among it; empty without an overlay.
  std::map<std::string, std::string> attributes;
};

/// An address that we dial or might dial.
struct target_status {
  std::string address; ///< `host:port`
  std::string state;   ///< waiting, attempting, connected, suspended
  bool wanted = false; ///< named by the user
  std::optional<std::chrono::milliseconds>
    next_try;             ///< from now; absent: never
  std::string last_error; ///< empty: none
};

/// Whom we keep connections to, and how that goes.
struct dial_status {
  std::vector<std::string> wanted;     ///< as the user wrote them
  std::vector<target_status> targets;  ///< sorted by address
  std::uint64_t ended_connections = 0; ///< those to ourselves not counted
};

/// One channel; figures are messages since it was made.
struct channel_status {
  std::string name;
  bool surrogate = false; ///< relays, since nobody here has joined it
  std::uint64_t unicasts_received = 0;
  std::uint64_t unicasts_sent = 0;
  std::uint64_t unicasts_relayed = 0;
  std::uint64_t unicasts_dropped = 0; ///< no way on, or too much was waiting
  std::uint64_t broadcasts_received = 0;
  std::uint64_t gossips_received = 0;
};

/// Where what is for a peer goes next.
struct unicast_route {
  peer_name destination;
  peer_name via; ///< unknown: ourselves
};

/// To whom we pass on what a peer broadcasts.
struct broadcast_route {
  peer_name source;
  std::vector<peer_name> via;
};

/// All of it, whatever versions the peers have; lists are sorted by name or
/// address.
struct mesh_status {
  std::uint8_t min_protocol_version = 0;
  std::uint8_t max_protocol_version = 0;
  bool encryption = false;
  bool discovery = false;
  peer_name name;
  std::string nickname;
  std::uint16_t port = 0;
  std::chrono::milliseconds uptime{0};
  std::vector<peer_record> peers;
  /// Over established connections, as in the original.
  std::vector<unicast_route> unicast_routes;
  std::vector<broadcast_route> broadcast_routes;
  std::vector<connection_status> connections;
  dial_status dialling;
  std::vector<channel_status> channels;
  /// JSON, `null` without an overlay.
  std::string overlay_diagnostics = "null";
  std::vector<std::string> trusted_subnets;
};

} // namespace cafmesh
