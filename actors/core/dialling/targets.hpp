#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <caf/error.hpp>

#include "actors/core/addresses/host_port.hpp"
#include <cafmesh/ids.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

enum class target_state : std::uint8_t {
  waiting,
  attempting,
  connected,
  suspended,
};

const char* to_string(target_state x) noexcept;

/// When to try which address (protocol section 8, "Connection maker"). Pure:
/// is told what happened and asked what to do.
class targets {
public:
  struct options {
    std::uint16_t default_port = 6783;
    duration initial_interval = std::chrono::seconds{2};
    duration max_interval = std::chrono::minutes{6};
    /// A connection that was tried longer ago than this is retried at once.
    duration reset_after = std::chrono::minutes{1};
    std::uint64_t seed = 0;
  };

  /// A dial to start.
  struct attempt {
    std::string address; ///< `host:port`, the target's identity
    bool may_be_new;     ///< named by the user: may lead to an unknown peer
  };

  struct view {
    std::string address;
    target_state state;
    bool direct;                     ///< named by the user
    std::optional<instant> next_try; ///< none: never, or not waiting
    duration interval;
    caf::error last_error;
  };

  explicit targets(options opts);

  // -- what the user wants

  /// Adds addresses, or replaces all of them; each is tried at once, whatever
  /// its retry time was. All or nothing.
  /// @returns errc::bad_address for the first that does not parse.
  caf::error want(const std::vector<std::string>& addresses, bool replace,
                  instant now);

  /// Unknown addresses are ignored. All or nothing.
  /// @returns errc::bad_address for the first that does not parse.
  caf::error forget(const std::vector<std::string>& addresses);

  /// The addresses as the user wrote them, sorted.
  std::vector<std::string> wanted() const;

  // -- what happened

  /// The hosts (addresses without port) that a dial is about to try. Until the
  /// next dial, inbound connections from there count as coming from the target.
  void attempt_resolved(const std::string& address,
                        std::vector<std::string> hosts);

  /// The dial itself failed: no connection came of it.
  void attempt_failed(const std::string& address, caf::error why, instant now);

  /// A connection, ours or a remote's, was tied into the topology.
  /// @param dialled the target; empty for an inbound connection.
  /// @param remote_address `ip:port` of the other end.
  void connection_added(connection_id id, const std::string& dialled,
                        const std::string& remote_address, peer_name remote);

  /// A connection ended, whether it had been added or not.
  void connection_ended(connection_id id, const std::string& dialled,
                        caf::error why, instant now);

  /// How many connections ended, those to ourselves not counted.
  std::uint64_t ended() const noexcept;

  // -- what to do

  /// Updates the targets and says which to dial now; they become `attempting`.
  /// @param discovered addresses found in the topology, none with discovery
  ///        off.
  /// @param room how many connections the limit still allows.
  std::vector<attempt> due(const std::vector<std::string>& discovered,
                           std::size_t room, instant now);

  /// When `due` is next worth a call if nothing happens before; after `due`.
  std::optional<instant> next_due() const;

  /// Sorted by address.
  std::vector<view> status() const;

private:
  struct target {
    target_state state = target_state::waiting;
    std::optional<instant> try_after; // none: never
    std::optional<instant> tried;     // when the last dial began
    bool held_back = false;           // due, but there was no room
    duration interval{};
    std::vector<std::string> hosts; // that its name stands for
    caf::error last_error;
  };
  using target_map = std::map<std::string, target>;
  struct connection {
    std::string target; // empty: inbound
    std::string remote_address;
    std::string remote_host;
  };
  struct candidates {
    std::set<std::string> valid;
    std::set<std::string> direct; // also those that are not valid now
  };

  candidates find_candidates(const std::vector<std::string>& discovered) const;
  bool is_inbound_from(const std::string& host,
                       const std::string& address) const;
  std::vector<target_map::iterator> ready(const candidates& xs, instant now);
  std::size_t count_attempting() const;
  void try_now(target& x, instant now) const;
  void try_later(target& x, instant now);
  std::string complete(const host_port& x) const;

  options options_;
  std::mt19937_64 rng_;
  std::map<std::string, host_port> wanted_;
  target_map targets_;
  std::map<connection_id, connection> connections_;
  std::uint64_t ended_ = 0;
};

} // namespace cafmesh
