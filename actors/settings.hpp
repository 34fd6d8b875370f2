#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <caf/error.hpp>

#include <cafmesh/password.hpp>
#include <cafmesh/peer_name.hpp>
#include <cafmesh/subnet.hpp>

namespace cafmesh {

/// The settings with which a node starts. The defaults are those of the Go
/// library. A running node keeps its own copy. Each field is a row of the table
/// in actors/settings/setting_table.cpp, from which options, checks and help
/// are made.
struct settings {
  // -- identity

  name_flavour flavour = name_flavour::mac;
  /// The peer's name: unique in the mesh, of this flavour, and not all zeros.
  /// Absent: a random name.
  std::optional<peer_name> name;
  /// A name for people, which need not be unique. At most 1024 bytes.
  std::string nickname;

  // -- where

  /// The address to listen on, numeric, IPv4 or IPv6. Connections that we dial
  /// use this local address too, unless it is `0.0.0.0` or `::`.
  std::string host = "0.0.0.0";
  /// The port to listen on, and the default port of other peers, also for
  /// discovery. 0: listen on any free port, and use the default port 6783 for
  /// others.
  std::uint16_t port = 6783;
  /// Addresses to stay connected to, `host[:port]`. Without a port, the default
  /// port (see `port`) is used.
  std::vector<std::string> peers;
  /// Whether to dial peers whose addresses are in other peers' records.
  bool discovery = true;
  /// How many connections discovery aims for. Half of them are to peers that
  /// this node chooses, and half are to peers that have chosen this node.
  /// Addresses in `peers` are dialled in any case. 0: to all peers. Absent: 16,
  /// if there are more than 50 peers. See PROTOCOL.md, "Degree control".
  std::optional<std::size_t> target_degree;

  // -- admission

  /// The accepted passwords; the node dials with the first one. Without
  /// passwords, nothing is encrypted. Even an empty password turns encryption
  /// on. See PROTOCOL.md, "Keys".
  std::vector<password> passwords;
  /// The lowest protocol version to accept, 1 or 2. Absent: 2 with a password,
  /// else 1.
  std::optional<std::uint8_t> min_protocol_version;
  /// The highest protocol version to offer, 1 or 2, not below the lowest.
  std::uint8_t max_protocol_version = 2;
  /// The addresses of remotes whose overlay traffic need not be encrypted if
  /// they trust our address too. Needs protocol version 2. The mesh's own
  /// traffic is still encrypted.
  std::vector<subnet> trusted_subnets;
  /// The maximum number of connections; 0: no limit. At the limit, a new peer
  /// can replace the newest inbound connection of the address (for IPv6, the
  /// /64) that has the most. This requires that the new peer's address has at
  /// least two fewer, and that the address with the most has at least a quarter
  /// of all inbound connections. Connections that this node has dialled stay.
  std::size_t connection_limit = 0;
  /// The maximum number of unauthenticated inbound connections in all, and the
  /// maximum from one address, which for IPv6 is a /64. Both are at least 1.
  /// Beyond the first maximum, the address with the most of these connections
  /// loses its oldest. Beyond the second, the new connection's address loses
  /// its oldest.
  std::size_t max_strangers = 256;
  std::size_t max_strangers_per_address = 128;
  /// The number of connections to accept from one address without delay, 1 or
  /// more. After that, one connection is accepted per `accept_interval`, and
  /// the others are closed.
  std::uint32_t accept_burst = 50;
  std::chrono::milliseconds accept_interval{20};

  // -- what neighbours are sent

  /// Whether neighbours that understand digests of the topology get digests
  /// instead of all records. Go peers get all records in any case. See
  /// PROTOCOL.md, "Digests".
  bool topology_digests = true;

  // -- times: longer than 0 unless stated otherwise, at most a year

  /// How often each channel's complete state goes to random neighbours.
  std::chrono::milliseconds gossip_interval{30'000};
  /// How often a heartbeat goes to each neighbour.
  std::chrono::milliseconds heartbeat_interval{30'000};
  /// A remote that is silent for this long is considered dead. Must be longer
  /// than heartbeat_interval. Absent: two heartbeat intervals. A remote gets at
  /// least 60 s until two of its heartbeats in a row have come within this
  /// time, because Go peers send a heartbeat only every 30 s.
  std::optional<std::chrono::milliseconds> patience;
  /// Time for the first bytes of a connection: the header of the introduction.
  std::chrono::milliseconds header_timeout{10'000};
  /// A connection is closed if the remote takes no waiting data for this long,
  /// or if this node's overlay leaves control messages unanswered for this
  /// long.
  std::chrono::milliseconds stall_limit{60'000};
  /// A gossiper that leaves a message unanswered for this long is replaced by
  /// a surrogate.
  std::chrono::milliseconds answer_limit{10'000};
  /// The retry interval after the first failed dial, and the longest retry
  /// interval. The interval grows by half with each failure. The actual wait is
  /// random, between half of the interval and one and a half times the
  /// interval. `retry_max` must not be shorter than `retry_initial`.
  std::chrono::milliseconds retry_initial{2'000};
  std::chrono::milliseconds retry_max{360'000};
  /// How long a connection may go on after `set_passwords` has removed its
  /// password. 0: it is closed immediately.
  std::chrono::milliseconds password_grace{60'000};
  /// Topology changes are gathered for this long before they are announced.
  /// 0: they are not gathered.
  std::chrono::milliseconds announcement_interval{1'000};
  /// How long a stopping node waits for its neighbours to take the messages
  /// that the node has accepted for them. 0: it does not wait.
  std::chrono::milliseconds drain_limit{2'000};

  // -- amounts

  /// The maximum number of bytes of unicasts that may wait for one connection
  /// on one channel. Beyond this maximum, the node drops unicasts that were not
  /// sent as requests.
  std::size_t max_waiting_bytes = 4 * 1024 * 1024;
  /// The maximum number of channels that the node relays although no actor of
  /// the node has joined them. At most half of them may come from one
  /// neighbour. Beyond the maximum, the least recently used channel ends. 0:
  /// the node relays only channels that its actors have joined.
  std::size_t max_surrogate_channels = 1024;

  // -- randomness

  /// Seeds all random choices except keys, for repeatable runs. Absent: a
  /// random seed.
  std::optional<std::uint64_t> seed;

  /// Whether the address is in a trusted subnet.
  /// @param address numeric, without port; any other text is in no subnet.
  bool trusts(const std::string& address) const;
  std::chrono::milliseconds effective_patience() const {
    return patience.value_or(2 * heartbeat_interval);
  }
  std::uint8_t effective_min_version() const {
    return min_protocol_version.value_or(passwords.empty() ? std::uint8_t{1}
                                                           : std::uint8_t{2});
  }
};

/// Checks the settings; `spawn_router` calls this.
/// @returns no error, or errc::bad_setting, bad_address or bad_peer_name with a
///          text that names the field, its valid range and its value.
caf::error check(const settings& x);

} // namespace cafmesh
