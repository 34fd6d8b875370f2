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

/// Which addresses to dial, and when (PROTOCOL.md, "Connection maker"). Pure:
/// the caller reports events and asks which attempts are due.
class targets {
public:
  struct options {
    std::uint16_t default_port = 6783;
    duration initial_interval = std::chrono::seconds{2};
    duration max_interval = std::chrono::minutes{6};
    /// If a connection ends later than this after its attempt began, the next
    /// attempt follows at once.
    duration reset_after = std::chrono::minutes{1};
    std::uint64_t seed = 0;
  };

  /// An attempt to start.
  struct attempt {
    std::string address; ///< `host:port`, the key of the target
    bool may_be_new;     ///< the user gave it: it may lead to an unknown peer
  };

  struct view {
    std::string address;
    target_state state;
    bool direct;                     ///< the user gave it
    std::optional<instant> next_try; ///< none if never, or if not waiting
    duration interval;
    caf::error last_error;
  };

  explicit targets(options opts);

  // -- what the user wants

  /// Adds addresses, or replaces all of them. Each is dialled at once, whatever
  /// its retry time was.
  /// @returns errc::bad_address, with nothing changed, for the first address
  ///          that does not parse.
  caf::error want(const std::vector<std::string>& addresses, bool replace,
                  instant now);

  /// Unknown addresses are ignored.
  /// @returns errc::bad_address, with nothing changed, for the first address
  ///          that does not parse.
  caf::error forget(const std::vector<std::string>& addresses);

  /// The addresses as the user wrote them, sorted.
  std::vector<std::string> wanted() const;

  // -- what happened

  /// The IP addresses to which the target's host name resolved. Until the next
  /// attempt, inbound connections from them count as coming from the target.
  void attempt_resolved(const std::string& address,
                        std::vector<std::string> hosts);

  /// The attempt failed without a connection.
  void attempt_failed(const std::string& address, caf::error why, instant now);

  /// An outbound or inbound connection was admitted.
  /// @param dialled the target's address; empty for an inbound connection.
  /// @param remote_address `ip:port` of the other end.
  void connection_added(connection_id id, const std::string& dialled,
                        const std::string& remote_address, peer_name remote);

  /// A connection ended, whether it had been admitted or not.
  void connection_ended(connection_id id, const std::string& dialled,
                        caf::error why, instant now);

  /// The number of connections that ended, except those to ourselves.
  std::uint64_t ended() const noexcept;

  // -- what to do

  /// Updates the targets and returns those to dial now, which become
  /// `attempting`.
  /// @param discovered addresses from other peers' records; none if discovery
  ///        is off.
  /// @param room how many more connections the limit allows, attempts included.
  std::vector<attempt> due(const std::vector<std::string>& discovered,
                           std::size_t room, instant now);

  /// When to call `due` next, if no event comes first. @pre `due` was called
  std::optional<instant> next_due() const;

  /// Sorted by address.
  std::vector<view> status() const;

private:
  struct target {
    target_state state = target_state::waiting;
    std::optional<instant> try_after; // none: never
    std::optional<instant> tried;     // when the last attempt began
    bool held_back = false;           // due, but there was no room
    duration interval{};
    std::vector<std::string> hosts; // to which its host name resolved
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
    std::set<std::string> direct; // including those that are not valid now
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
