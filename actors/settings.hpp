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

/// Everything that a node can be told before it starts. The defaults are the
/// original's.
struct settings {
  // -- identity

  name_flavour flavour = name_flavour::mac;
  /// Unique in the mesh, of this flavour. Absent: a random one.
  std::optional<peer_name> name;
  /// For people; need not be unique. Up to 1 KiB.
  std::string nickname;

  // -- where

  /// The address to listen on, numeric. Dials leave from it too, unless it
  /// stands for all addresses.
  std::string host = "0.0.0.0";
  /// 0: any free port. Also where discovery expects other peers to listen.
  std::uint16_t port = 6783;
  /// Kept connected from the start, `host[:port]`.
  std::vector<std::string> peers;
  /// Dial also peers that others are connected to.
  bool discovery = true;

  // -- who may come in

  /// Accepted passwords; the first is dialled with. None: no encryption. One
  /// empty password is encryption all the same.
  std::vector<password> passwords;
  /// 1 or 2. Absent: 2 with a password, else 1.
  std::optional<std::uint8_t> min_protocol_version;
  /// 1 or 2, not below the least one.
  std::uint8_t max_protocol_version = 2;
  /// Remotes whose overlay traffic need not be encrypted, if they think the
  /// same of us, which peers say from protocol version 2 on. The mesh's own
  /// traffic is encrypted all the same.
  std::vector<subnet> trusted_subnets;
  /// How many connections to have; 0: any number.
  std::size_t connection_limit = 0;
  /// Inbound connections that have not proved themselves yet; beyond, the
  /// oldest goes.
  std::size_t max_strangers = 128;
  /// Accepting: this many at once, then one an interval.
  std::uint32_t accept_burst = 20;
  std::chrono::milliseconds accept_interval{50};

  // -- times, each at most a year

  /// Each channel's complete state goes to random neighbours this often.
  std::chrono::milliseconds gossip_interval{30'000};
  std::chrono::milliseconds heartbeat_interval{30'000};
  /// A remote that is silent for this long is dead. Absent: two heartbeats. Less
  /// than 60 s is for those who are heard to send heartbeats that often: Go peers
  /// send theirs each 30 s.
  std::optional<std::chrono::milliseconds> patience;
  /// For the header of the intro.
  std::chrono::milliseconds header_timeout{10'000};
  /// A remote that takes nothing of what waits for it, for this long, is stuck.
  std::chrono::milliseconds stall_limit{60'000};
  /// First retry of a dial, and the longest wait between two.
  std::chrono::milliseconds retry_initial{2'000};
  std::chrono::milliseconds retry_max{360'000};
  /// Topology changes are gathered for this long before they are announced.
  std::chrono::milliseconds announcement_interval{1'000};
  /// Stopping waits this long for neighbours to take what was accepted for
  /// them. 0: not at all.
  std::chrono::milliseconds drain_limit{2'000};

  // -- how much

  /// What may wait for one connection on one channel, in bytes, before
  /// unasked-for unicasts are dropped.
  std::size_t max_waiting_bytes = 4 * 1024 * 1024;
  /// Channels that only others use, and that we relay.
  std::size_t max_surrogate_channels = 1024;

  // -- chance

  /// Seeds everything that is drawn but keys, for reproducible runs. Absent:
  /// true randomness.
  std::optional<std::uint64_t> seed;

  /// @param address numeric, without port.
  bool trusts(const std::string& address) const;
  std::chrono::milliseconds effective_patience() const {
    return patience.value_or(2 * heartbeat_interval);
  }
  std::uint8_t effective_min_version() const {
    return min_protocol_version.value_or(passwords.empty() ? std::uint8_t{1}
                                                           : std::uint8_t{2});
  }
};

/// None, or errc::bad_setting / bad_address that names the setting, what it
/// may be and what it is.
caf::error check(const settings& x);

} // namespace cafmesh
