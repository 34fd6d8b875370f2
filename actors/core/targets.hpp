#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include "../../messages/ids.hpp"
#include "../../messages/peer_name.hpp"
#include "instant.hpp"

namespace cafmesh {

/// Takes `host[:port]` apart; an IPv6 host stands in brackets where a port
/// follows. Port 0 of the result: none was given.
/// @returns errc::bad_address that quotes the text: no host, a port that is no
///          number from 1 to 65535, spaces or control characters.
struct host_port {
  std::string host; ///< without brackets
  std::uint16_t port = 0;

  static caf::expected<host_port> parse(const std::string& text);
  std::string str() const; ///< with brackets where the host needs them
};

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
    bool direct; ///< named by the user
    std::optional<instant> next_try; ///< none: never, or not waiting
    duration interval;
    caf::error last_error;
  };

  explicit targets(options opts);

  // -- what the user wants ------------------------------------------------------

  /// Adds addresses, or replaces all of them; each is tried at once, whatever
  /// its retry time was. All or nothing.
  /// @returns errc::bad_address for the first that does not parse.
  caf::error want(const std::vector<std::string>& addresses, bool replace,
                  instant now);

  /// Unknown addresses are ignored.
  void forget(const std::vector<std::string>& addresses);

  /// The addresses as the user wrote them, sorted.
  std::vector<std::string> wanted() const;

  // -- what happened ------------------------------------------------------------

  /// The dial itself failed: no connection came of it.
  void attempt_failed(const std::string& address, caf::error why, instant now);

  /// A connection, ours or a remote's, was tied into the topology.
  /// @param target what was dialled; empty for an inbound connection.
  /// @param remote_address `ip:port` of the other end.
  void connection_added(connection_id id, const std::string& target,
                        const std::string& remote_address, peer_name remote);

  /// A connection ended, whether it had been added or not.
  void connection_ended(connection_id id, const std::string& target,
                        caf::error why, instant now);

  /// How many connections ended, those to ourselves not counted.
  std::uint64_t ended() const noexcept;

  // -- what to do -----------------------------------------------------------------

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
    duration interval{};
    caf::error last_error;
  };
  struct connection {
    std::string target;
    std::string remote_address;
    peer_name remote;
  };

  void try_now(target& x, instant now) const;
  void try_later(target& x, instant now);
  std::string complete(const host_port& x) const;

  options options_;
  std::mt19937_64 rng_;
  std::map<std::string, host_port> wanted_;
  std::map<std::string, target> targets_;
  std::map<connection_id, connection> connections_;
  std::uint64_t ended_ = 0;
};

} // namespace cafmesh
