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

/// A connection as the peer at one end reports it.
struct connection_view {
  std::string name;
  std::string nickname;
  std::string address;
  bool outbound = false;
  bool established = false;
};

/// A peer as it describes itself, or as another peer describes it.
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
  /// The peer's name: a MAC address, or 32 hex digits if `hash_names` is true.
  std::string name;
  bool hash_names = false;
  std::string nickname = "peer";
  /// The password. An absent one means no encryption; an empty one means
  /// encryption with an empty password.
  std::optional<std::string> password;
  /// The lowest protocol version that the peer accepts. If absent, it is the
  /// default of the peer's program.
  std::optional<int> min_version;
  /// The highest protocol version; always 2 for Go peers.
  int max_version = 2;
  bool discovery = false;
  /// The channels to join. The peer relays the messages of other channels
  /// without reading them.
  std::vector<std::string> channels{"test"};
  /// The maximum number of connections; 0: no limit.
  int connection_limit = 0;
  /// Settings of cafmesh peers; Go peers have none. If absent, they are the
  /// defaults of `settings`.
  std::optional<std::chrono::milliseconds> heartbeat_interval;
  std::optional<std::chrono::milliseconds> longest_silence;
  /// The address that the peer listens on and dials from.
  std::string host = "127.0.0.1";
  /// The port to listen on; 0: any free port.
  std::uint16_t port = 0;
};

/// A cafmesh peer or a Go peer. Members throw std::runtime_error if the peer
/// refuses, has ended or does not answer in time. `what()` names the reason and
/// includes the peer's latest events and log lines.
///
/// Both kinds of peers run the same gossiper on every channel. It records all
/// unicasts. A broadcast is the byte `B` and a blob, which the gossiper records
/// and passes on, or the byte `S` and state. Gossip is always `S` and state.
/// State is a gob map[string]int; if two values of a key differ, the greater
/// one wins.
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

  /// Raises one value of the channel's state, and broadcasts the change.
  virtual void set(const std::string& key, int value,
                   const std::string& channel = "test") = 0;
  virtual std::map<std::string, int>
  get(const std::string& channel = "test") = 0;

  /// The peers that this peer knows, sorted by name.
  virtual std::vector<peer_view> peers() = 0;

  /// The status document, which both kinds of peers report with the same keys.
  virtual json status() = 0;

  /// Waits for an event for which `fits` returns true, removes it and returns
  /// it. If there are several, takes the oldest. An event has the members
  /// `event` (`unicast` or `broadcast`), `channel`, `from`, `size` and `fnv`.
  /// Log lines are not events.
  virtual json wait_for(const predicate& fits,
                        milliseconds timeout = patience) = 0;
  /// The number of events for which `fits` returns true, not counting those
  /// that `wait_for` has removed.
  virtual std::size_t count(const predicate& fits) const = 0;
  virtual std::vector<std::string> log() const = 0;

  /// Ends the peer as a crash would: its sockets close, and data not yet sent
  /// is lost.
  virtual void kill() = 0;

  // -- helpers that use the members above

  /// Waits until a unicast or broadcast arrives with the blob of this size and
  /// seed.
  /// @param event `unicast` or `broadcast`
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
