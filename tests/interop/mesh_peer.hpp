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

/// A connection as one of its ends describes it.
struct connection_view {
  std::string name;
  std::string nickname;
  std::string address;
  bool outbound = false;
  bool established = false;
};

/// A peer as that peer itself, or another peer, describes it.
struct peer_view {
  std::string name;
  std::string nickname;
  std::uint64_t uid = 0;
  std::uint16_t short_id = 0;
  std::uint64_t version = 0;
  /// The peer's connections, sorted by name.
  std::vector<connection_view> connections;
};

/// How to start a peer.
struct peer_options {
  /// The peer's name, in the text form of its flavour.
  std::string name;
  /// Whether `name` consists of 32 hex digits, instead of being a MAC address.
  bool hash_names = false;
  std::string nickname = "peer";
  /// The peer's password. Absent: no encryption. An empty password turns
  /// encryption on.
  std::optional<std::string> password;
  /// The lowest protocol version. Absent: the default of this kind of peer.
  std::optional<int> min_version;
  /// The highest protocol version; always 2 for Go peers.
  int max_version = 2;
  bool discovery = false;
  /// The channels to join. The peer relays others with a surrogate.
  std::vector<std::string> channels{"test"};
  /// The maximum number of connections; 0: no limit.
  int connection_limit = 0;
  /// These two are for cafmesh peers only. Absent: the defaults of `settings`.
  std::optional<std::chrono::milliseconds> heartbeat_interval;
  std::optional<std::chrono::milliseconds> longest_silence;
  /// The address that the peer listens on and dials from.
  std::string host = "127.0.0.1";
  /// The port to listen on; 0: any free port.
  std::uint16_t port = 0;
};

/// A peer, in C++ or Go. Members throw std::runtime_error if the peer refuses,
/// has ended or does not answer in time. The exception's text says which, and
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
  /// The `host:port` that the peer listens on.
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

  /// The peers that this peer knows, sorted by name.
  virtual std::vector<peer_view> peers() = 0;

  /// The status document, which both kinds of peers report with the same keys.
  virtual json status() = 0;

  /// Waits for an event that fits. Removes and returns the oldest one. An event
  /// has the members `event` (`unicast` or `broadcast`), `channel`, `from`,
  /// `size` and `fnv`. Log lines are not events.
  virtual json wait_for(const predicate& fits,
                        milliseconds timeout = patience) = 0;
  /// The number of events that fit and were not removed.
  virtual std::size_t count(const predicate& fits) const = 0;
  virtual std::vector<std::string> log() const = 0;

  /// Ends the peer as a crash would: its sockets close without sending further
  /// data.
  virtual void kill() = 0;

  // -- built on the members above

  /// Waits for a message whose payload is the blob of this size and seed.
  json wait_for_blob(const std::string& event, std::size_t size,
                     std::uint64_t seed, milliseconds timeout = patience);
  bool log_contains(const std::string& text) const;
  /// Whether this peer has an established connection to the peer of that name.
  bool is_connected_to(const std::string& name);
  /// The peer of that name as this peer describes it; nullopt if this peer does
  /// not know it.
  std::optional<peer_view> knows(const std::string& name);
};

} // namespace cafmesh::test
