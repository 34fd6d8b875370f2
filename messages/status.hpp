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

/// The state of a node, for people and monitoring: the contents of the Go
/// library's `Status`, and more. The parts of a node report independently, so
/// their figures are not from the same moment. A part that does not answer
/// within 1 s is left out.
namespace cafmesh {

// users -> router

/// The answer is a mesh_status.
struct get_status {};

// users -> gossip_channel

/// The answer is a channel_status.
struct get_channel_status {};

/// The traffic of a connection since it was opened.
struct traffic_figures {
  std::uint64_t frames_in = 0;
  std::uint64_t bytes_in = 0; ///< as read from the socket
  std::uint64_t frames_out = 0;
  std::uint64_t bytes_out = 0; ///< as written to the socket
};

/// One of our own connections. Its remote may not have introduced itself yet.
struct connection_status {
  connection_id id{};
  peer_name remote; ///< unknown until the introduction is complete
  std::string nickname;
  std::string address; ///< `ip:port` of the remote
  bool outbound = false;
  bool established = false;
  bool encrypted = false;
  /// Whether at least one side does not trust the other's address.
  bool untrusted = true;
  std::uint8_t protocol_version = 0; ///< 1 or 2; 0 until agreed on
  traffic_figures traffic;
  /// Output that is encoded but not yet written to the socket, in bytes.
  std::uint64_t waiting_bytes = 0;
  /// The number of batches of received messages that this node's channels and
  /// overlay have not answered yet.
  std::uint32_t unanswered_batches = 0;
  /// How many senders in this node wait for output to be written.
  std::uint32_t waiting_writers = 0;
  /// The time since anything was read from the remote, without the times in
  /// which this node paused reading.
  std::chrono::milliseconds silent_for{0};
  /// The overlay's attributes, among them `name`; empty without an overlay.
  std::map<std::string, std::string> attributes;
};

/// An address that the connection maker dials.
struct target_status {
  std::string address; ///< `host:port`
  /// waiting, attempting, connected, suspended or given_up. A target stays
  /// given_up until the user names it again.
  std::string state;
  bool wanted = false; ///< whether the user gave the address
  std::optional<std::chrono::milliseconds>
    next_try; ///< time until the next attempt; absent unless waiting
  std::string last_error; ///< empty if none
};

/// The state of the connection maker.
struct dial_status {
  std::vector<std::string> wanted;    ///< addresses as the user wrote them
  std::vector<target_status> targets; ///< sorted by address
  /// The number of connections that have ended. Does not count connections to
  /// ourselves, or attempts that are repeated immediately with a different
  /// password.
  std::uint64_t ended_connections = 0;
};

/// A host's latest inbound connection that ended before its remote was
/// authenticated.
struct refused_remote {
  std::string address; ///< `ip:port`
  std::string reason;
  std::uint64_t times = 0; ///< how many such connections the host has made
  std::chrono::milliseconds ago{0};
};

/// The inbound connections that ended before their remotes were authenticated.
struct inbound_status {
  /// Their number since the start, by the code of the reason, such as
  /// `cannot_open` if the remote has a different password.
  std::map<std::string, std::uint64_t> refused;
  std::vector<refused_remote> latest; ///< of the last hour, the latest first
};

/// The state of one channel. The figures count messages since the channel was
/// created.
struct channel_status {
  std::string name;
  bool surrogate = false; ///< has no gossiper on this node
  std::uint64_t unicasts_received = 0;
  std::uint64_t unicasts_sent = 0;
  std::uint64_t unicasts_relayed = 0;
  /// Unicasts dropped because they had no route, were too large for a frame,
  /// found the queue full, or lost their connection.
  std::uint64_t unicasts_dropped = 0;
  std::uint64_t broadcasts_received = 0;
  std::uint64_t gossips_received = 0;
  /// Messages that the gossiper answered with an error. If it refuses a batch
  /// of unicasts, this counts as one message.
  std::uint64_t refused = 0;
  /// Messages dropped on arrival, because the gossiper was too slow.
  std::uint64_t overrun = 0;
  /// Broadcasts and relayed unicasts that were dropped because they went round
  /// in a loop. Loops occur while peers have different views of the mesh.
  std::uint64_t looped = 0;
  /// Pieces of gossip data that were lost because merging or encoding them
  /// threw an exception.
  std::uint64_t broken = 0;
  /// Messages with bytes after their value. The gossiper ignored these bytes.
  std::uint64_t surplus = 0;
};

/// The next hop of unicasts for a peer.
struct unicast_route {
  peer_name destination;
  /// The next hop; the unknown peer if this node is the destination.
  peer_name via;
};

/// The neighbours to which this node passes on the broadcasts of a peer.
struct broadcast_route {
  peer_name source;
  std::vector<peer_name> via;
};

// users -> directory

/// The answer is an actors_status.
struct get_actors {};

/// A name under which a peer has published an actor.
struct published_actor {
  std::string name;
  std::uint64_t actor = 0; ///< the actor's ID at that peer
};

/// An actor of this node that was spawned for a peer.
struct spawned_actor {
  std::string type;
  std::uint64_t actor = 0; ///< its ID
};

/// What this node's actor layer knows about the peer with this name and UID.
struct peer_actors {
  peer_name peer;
  peer_uid uid = peer_uid::none;
  /// Whether the actor layers of both nodes have opened a session.
  bool in_session = false;
  std::uint64_t names = 0; ///< how many the peer publishes
  /// The first 100 names; a status lists at most 1000 for all peers together.
  std::vector<published_actor> published;
  /// The number of the peer's actors to which this node has handles.
  std::uint64_t proxies = 0;
  /// The number of these actors that our actors monitor or are linked to.
  std::uint64_t watched_there = 0;
  /// The number of our actors to which the peer has handles.
  std::uint64_t leased = 0;
  /// The number of our actors that the peer monitors, or that are linked to
  /// its actors.
  std::uint64_t watched_here = 0;
  /// The IDs of the first 100 of these actors; a status lists at most 1000 IDs
  /// in all.
  std::vector<std::uint64_t> watched_here_ids;
  /// The number of our actors that the peer has spawned and that have not
  /// ended. Together with `being_spawned`, at most `actors.max_spawned`.
  std::uint64_t spawned = 0;
  /// The number of actors that the peer has asked for and whose factories have
  /// not returned.
  std::uint64_t being_spawned = 0;
  /// The first 100 of the spawned actors; a status lists at most 1000 in all.
  std::vector<spawned_actor> spawned_actors;
  /// Requests to the peer that have no answer yet.
  std::uint64_t open_requests = 0;
  /// The size in bytes of our messages that the peer's actors have not
  /// processed, counted as for `actors.window` and `actors.large_window`.
  std::uint64_t unprocessed_there = 0;
  /// The size in bytes of the peer's messages that our actors have not
  /// processed, counted in the same way.
  std::uint64_t unprocessed_here = 0;
  /// How many messages from and to the peer's actors were dropped here, by the
  /// name of the reason. See dead_letter.
  std::map<std::string, std::uint64_t> dead_letters;
};

/// The state of a node's actor layer, which `join_actors` starts.
struct actors_status {
  /// The actors of each peer, including this node's. At most 1000 peers, sorted
  /// by name.
  std::vector<peer_actors> peers;
  std::uint64_t unlisted_peers = 0; ///< peers that are left out
  std::uint64_t exported = 0;       ///< local actors that peers may address
  /// The setting `actors.max_spawned`; 0 if peers can spawn nothing here.
  std::uint64_t max_spawned = 0;
  /// The number of actors that peers asked for and that were not made within
  /// `actors.spawn_time`.
  std::uint64_t overdue_spawns = 0;
  /// How many messages were dropped here in all, by the name of the reason.
  /// Includes messages from and to peers that have left.
  std::map<std::string, std::uint64_t> dead_letters;
};

/// The status of a node. Lists are sorted by peer name, channel or address.
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
  /// Routes over established connections, as the Go library shows them. The
  /// only broadcast route is the one for this node's own broadcasts.
  std::vector<unicast_route> unicast_routes;
  std::vector<broadcast_route> broadcast_routes;
  /// All connections, including those whose introduction is not complete.
  std::vector<connection_status> connections;
  dial_status dialling;
  inbound_status inbound;
  std::vector<channel_status> channels;
  /// What the overlay reports, as JSON; `null` without an overlay.
  std::string overlay_diagnostics = "null";
  std::vector<std::string> trusted_subnets;
  std::optional<actors_status> actors; ///< absent without `join_actors`
};

} // namespace cafmesh
