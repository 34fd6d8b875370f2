#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/interop/testbed.hpp"

namespace cafmesh::test {

/// A connection of some peer, as the peer under test reports it.
struct connection_view {
  std::string name;
  std::string nickname;
  std::string address;
  bool outbound = false;
  bool established = false;
};

/// A peer as another peer, or the peer itself, reports it.
struct peer_view {
  std::string name;
  std::string nickname;
  std::uint64_t uid = 0;
  std::uint16_t short_id = 0;
  std::uint64_t version = 0;
  /// Sorted by name.
  std::vector<connection_view> connections;
};

struct peer_options {
  /// The text form of its flavour.
  std::string name;
  /// `name` consists of 32 hex digits and is not a MAC address.
  bool hash_names = false;
  std::string nickname = "peer";
  /// Absent: no encryption. Empty: encryption with the empty password.
  std::optional<std::string> password;
  /// Absent: the default of its kind.
  std::optional<int> min_version;
  /// Always 2 for Go peers.
  int max_version = 2;
  bool discovery = false;
  /// Channels to join; others are surrogates.
  std::vector<std::string> channels{"test"};
  /// 0: none.
  int connection_limit = 0;
  /// Only for cafmesh peers; absent: the defaults of `settings`.
  std::optional<std::chrono::milliseconds> heartbeat_interval;
  std::optional<std::chrono::milliseconds> longest_silence;
  /// The address that it listens on and dials from.
  std::string host = "127.0.0.1";
  /// 0: any free port.
  std::uint16_t port = 0;
};

/// A peer, in C++ or Go. Members throw std::runtime_error if the peer refuses,
/// has ended or does not answer in time; the exception's text says which, and
/// includes the peer's latest events and log lines.
///
/// C++ and Go peers have the same gossiper on every channel. It records
/// unicasts. A broadcast is either the byte `B` and a blob, which the gossiper
/// records and passes on, or the byte `S` and state. Gossip is always `S` and
/// state: a gob map[string]int, merged by taking the greater numbers.
class mesh_peer {
public:
  using json = nlohmann::json;
  using predicate = std::function<bool(const json&)>;
  using milliseconds = std::chrono::milliseconds;

  virtual ~mesh_peer() = default;

  virtual const std::string& name() const noexcept = 0;
  virtual std::uint64_t uid() const noexcept = 0;
  virtual std::uint16_t port() const noexcept = 0;
  /// `host:port` that it listens on.
  virtual std::string address() const = 0;

  virtual void connect_to(const std::string& address) = 0;
  virtual void forget(const std::string& address) = 0;
  virtual void unicast(const std::string& to, std::size_t size,
                       std::uint64_t seed,
                       const std::string& channel = "test") = 0;
  virtual void broadcast(std::size_t size, std::uint64_t seed,
                         const std::string& channel = "test") = 0;

  /// Raises a value of the channel's state and broadcasts the change.
  virtual void set(const std::string& key, int value,
                   const std::string& channel = "test") = 0;
  virtual std::map<std::string, int>
  get(const std::string& channel = "test") = 0;

  /// Sorted by name.
  virtual std::vector<peer_view> peers() = 0;

  /// Removes and returns the oldest event that fits. An event has the members
  /// `event` (`unicast` or `broadcast`), `channel`, `from`, `size` and `fnv`.
  /// Log lines are not events.
  virtual json wait_for(const predicate& fits,
                        milliseconds timeout = patience) = 0;
  /// The number of events that fit and have not been removed.
  virtual std::size_t count(const predicate& fits) const = 0;
  virtual std::vector<std::string> log() const = 0;

  /// Ends the peer as a crash would: its sockets close without further data.
  virtual void kill() = 0;

  // -- in terms of the above

  /// Like `wait_for`, for the payload of that size and seed.
  json wait_for_blob(const std::string& event, std::size_t size,
                     std::uint64_t seed, milliseconds timeout = patience);
  bool log_contains(const std::string& text) const;
  /// Whether it has an established connection to the peer of that name.
  bool is_connected_to(const std::string& name);
  /// The peer of that name as this peer knows it, if it does.
  std::optional<peer_view> knows(const std::string& name);
};

} // namespace cafmesh::test
