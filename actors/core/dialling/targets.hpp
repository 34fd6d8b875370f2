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
#include "actors/core/dialling/attempt.hpp"
#include "actors/core/dialling/failed_addresses.hpp"
#include "actors/core/dialling/host_limits.hpp"
#include "actors/core/limits/token_bucket.hpp"
#include <cafmesh/ids.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/peer_name.hpp>

/// Keeps a node's targets, which are the addresses that it may dial, and
/// decides when to dial them.
namespace cafmesh {

enum class target_state : std::uint8_t {
  waiting,
  attempting,
  connected,
  /// Not dialled for now, for instance because there is already a connection to
  /// the target.
  suspended,
  /// Not dialled until the user names the target again.
  given_up,
};

const char* to_string(target_state x) noexcept;

/// Decides which targets to dial, and when (PROTOCOL.md, "Connection maker"). A
/// target is an address that the user or another peer's record names. Each
/// attempt resolves the target and dials the resulting addresses in turn. Has
/// no clock or sockets of its own: the caller reports events and asks what is
/// due.
class targets {
public:
  struct options {
    std::uint16_t default_port = 6783;
    duration initial_interval = std::chrono::seconds{2};
    duration max_interval = std::chrono::minutes{6};
    /// If a connection ends more than this time after its attempt began, the
    /// target is dialled again immediately.
    duration reset_after = std::chrono::minutes{1};
    /// Limits attempts at discovered targets, whose addresses come from the
    /// records of other peers: `discovered_burst` attempts without a pause,
    /// then one per `discovered_interval`.
    std::uint32_t discovered_burst = 64;
    duration discovered_interval = std::chrono::milliseconds{50};
    /// The same limits for attempts at the discovered targets of one host.
    std::uint32_t host_burst = 32;
    duration host_interval = std::chrono::milliseconds{500};
    /// The maximum number of attempts at discovered targets that run at the
    /// same time.
    std::size_t discovered_at_once = 32;
    std::uint64_t seed = 0;
  };

  /// An attempt to begin: the caller looks up the host of the target.
  struct lookup {
    std::string address;
    /// Whether the address may lead to an unknown peer: true only if the user
    /// gave the address.
    bool may_be_new;
  };

  struct dial {
    std::string target;
    std::string address;      ///< numeric, with port
    std::size_t password = 0; ///< index of the password for the introduction
    bool may_be_new = false;
  };

  enum class outcome : std::uint8_t {
    goes_on,       ///< the attempt continues
    next_password, ///< the address is dialled again
    will_retry,
    given_up,
  };

  struct view {
    std::string address;
    target_state state;
    bool direct; ///< whether the user gave the address
    /// Absent if the target is not waiting, or will not be tried again.
    std::optional<instant> next_try;
    duration interval;
    caf::error last_error;
  };

  explicit targets(options opts);

  // -- the user's wishes

  /// Adds addresses that the user gives. If `replace` is true, removes the
  /// earlier addresses. Each address is due immediately, even if its next
  /// attempt was planned for later.
  /// @returns errc::bad_address, with nothing changed, for the first address
  ///          that does not parse.
  caf::error want(const std::vector<std::string>& addresses, bool replace,
                  instant now);

  /// Removes the addresses that are known. An address may be written as the
  /// user gave it or as `status` shows it.
  /// @returns errc::bad_address, with nothing changed, for the first address
  ///          that does not parse.
  caf::error forget(const std::vector<std::string>& addresses);

  /// The addresses as the user wrote them, sorted.
  std::vector<std::string> wanted() const;

  // -- events, reported by the caller

  /// Replaces the discovered addresses: the addresses in other peers' records,
  /// or none if discovery is off. Text that is not an address is ignored.
  void set_discovered(const std::vector<std::string>& addresses);

  /// To be called when the target's host name has resolved to `hosts`.
  /// `take_dials` then returns these addresses in turn, but leaves out
  /// addresses known to lead to ourselves or to a peer with our name. If no
  /// address is left, the attempt ends. Until the next lookup, an inbound
  /// connection from one of `hosts` satisfies a target that the user gave
  /// without a port.
  outcome attempt_resolved(const std::string& key,
                           std::vector<std::string> hosts, instant now);

  /// To be called when the lookup of the target's host name has failed.
  outcome attempt_failed(const std::string& key, caf::error why, instant now);

  /// To be called when a dial has failed before there was a connection.
  outcome dial_failed(const dial& what, caf::error why, instant now);

  /// To be called when a dialled connection has ended before it was admitted.
  /// If `why` is errc::cannot_open, the remote may be using a different one of
  /// our passwords. The address is then dialled with the next password.
  /// @param passwords how many passwords we have
  outcome introduction_failed(const dial& what, caf::error why,
                              std::size_t passwords, instant now);

  /// To be called when a connection has been admitted. If we dialled it, the
  /// target's attempt ends.
  /// @param dialled the target's address; empty for an inbound connection.
  /// @param remote_address `ip:port` of the other end.
  void connection_added(connection_id id, const std::string& dialled,
                        const std::string& remote_address);

  /// To be called when an admitted connection, or any inbound connection, has
  /// ended.
  outcome connection_ended(connection_id id, const std::string& dialled,
                           caf::error why, instant now);

  /// The number of connections that have ended. Does not count connections to
  /// ourselves, nor those whose address is dialled again with a different
  /// password.
  std::uint64_t ended() const noexcept;

  // -- due attempts and dials

  /// Updates the states of all targets, and returns the targets to look up now,
  /// which become `attempting`.
  /// @param room the maximum number of attempts, including those already
  ///        running.
  /// @param direct_room if greater than `room`, the maximum for addresses of
  ///        the user
  std::vector<lookup> due(std::size_t room, instant now,
                          std::size_t direct_room = 0);

  /// Removes and returns the addresses that running attempts have to dial now,
  /// each with its target and password.
  std::vector<dial> take_dials(instant now);

  /// When to call `due` and `take_dials` next, if no event comes first.
  /// @pre `due` was called
  std::optional<instant> next_due() const;

  bool is_wanted(const std::string& key) const;
  /// The discovered addresses for which an attempt has begun, or for which none
  /// will begin.
  std::vector<std::string> tried_discovered() const;
  bool is_attempting(const std::string& key) const {
    return attempting_.count(key) > 0;
  }
  bool is_connected(const std::string& key) const;

  /// All targets, sorted by address.
  std::vector<view> status() const;

private:
  struct target {
    target_state state = target_state::waiting;
    std::optional<instant> try_after; // absent: never
    std::optional<instant> attempt_began;
    // Whether the latest call of `may_start` for the target returned false.
    bool held_back = false;
    duration interval{};
    std::vector<std::string> hosts;
    // The attempt that is running; absent until the hosts are known.
    std::optional<attempt> running;
    caf::error last_error;
  };
  using target_map = std::map<std::string, target>;
  struct connection {
    std::string target; // empty if inbound
    std::string remote_address;
    std::string remote_host;
  };
  struct candidates {
    std::set<std::string> valid;
    // The targets that the user gave, whether or not they may be dialled now.
    std::set<std::string> direct;
  };

  candidates find_candidates() const;
  bool is_inbound_from(const std::string& host,
                       const std::string& address) const;
  std::vector<target_map::iterator> ready(const candidates& xs, instant now);
  bool nothing_is_due(std::size_t room, instant now);
  bool may_start(const std::string& address, bool direct, std::size_t room,
                 instant now);
  void find_earliest();
  outcome end_attempt(target_map::iterator i, caf::error why, instant now);
  void count_end(const caf::error& why);
  void try_now(target& x, instant now);
  void try_later(target& x, instant now);
  std::string complete(const host_port& x) const;

  options options_;
  std::mt19937_64 rng_;
  std::map<std::string, host_port> wanted_;
  target_map targets_;
  std::set<std::string> attempting_; // keys of the attempting targets
  std::set<std::string> discovered_;
  token_bucket discovered_tokens_;
  host_limits discovered_hosts_;
  failed_addresses failures_;
  // The next members, up to `earliest_`, tell `due` whether any target can be
  // due. If none can, `due` skips the pass over all targets.
  bool changed_ = true;
  bool room_was_short_ = false;
  std::size_t last_room_ = 0;
  // The number of running attempts at discovered targets, counted by `due`.
  std::size_t discovered_running_ = 0;
  std::optional<instant> more_tokens_;
  // No attempt is due before this time; absent if none will be due.
  std::optional<instant> earliest_;
  std::map<connection_id, connection> connections_;
  std::uint64_t ended_ = 0;
};

} // namespace cafmesh
