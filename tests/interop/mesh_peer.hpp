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

/// What a peer says of one connection of one peer.
struct connection_view {
  std::string name;
  std::string nickname;
  std::string address;
  bool outbound = false;
  bool established = false;
};

/// What a peer knows of another, or of itself.
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
  /// In the text form of its flavour.
  std::string name;
  /// Take `name` for 32 hex digits instead of a MAC.
  bool hash_names = false;
  std::string nickname = "peer";
  /// Absent: no encryption. Empty: encryption with the empty password.
  std::optional<std::string> password;
  /// Absent: the kind's own default.
  std::optional<int> min_version;
  /// The Go library's is always 2.
  int max_version = 2;
  bool discovery = false;
  /// The others are surrogates.
  std::vector<std::string> channels{"test"};
  /// 0 is none.
  int connection_limit = 0;
  /// Ours alone; absent: the settings' defaults.
  std::optional<std::chrono::milliseconds> heartbeat_interval;
  std::optional<std::chrono::milliseconds> longest_silence;
  /// Where it listens and dials from.
  std::string host = "127.0.0.1";
  /// 0 takes a free one.
  std::uint16_t port = 0;
};

/// A peer of either kind, as tests drive it. Every verb throws
/// std::runtime_error if the peer refuses, has ended, or does not answer in
/// time; the text says which, with the peer's latest words.
///
/// Both kinds have the same gossiper on every channel: it records unicasts;
/// broadcasts are `B` and a blob, which it records and passes on, or `S` and
/// state; gossip is `S` and state: a gob map[string]int that merges by maximum.
class mesh_peer {
public:
  using json = nlohmann::json;
  using predicate = std::function<bool(const json&)>;
  using milliseconds = std::chrono::milliseconds;

  virtual ~mesh_peer() = default;

  virtual const std::string& name() const noexcept = 0;
  virtual std::uint64_t uid() const noexcept = 0;
  virtual std::uint16_t port() const noexcept = 0;
  /// `host:port` where it listens.
  virtual std::string address() const = 0;

  virtual void connect_to(const std::string& address) = 0;
  virtual void forget(const std::string& address) = 0;
  virtual void unicast(const std::string& to, std::size_t size,
                       std::uint64_t seed,
                       const std::string& channel = "test") = 0;
  virtual void broadcast(std::size_t size, std::uint64_t seed,
                         const std::string& channel = "test") = 0;

  /// Raises a value of the channel's state and broadcasts that.
  virtual void set(const std::string& key, int value,
                   const std::string& channel = "test") = 0;
  virtual std::map<std::string, int>
  get(const std::string& channel = "test") = 0;

  /// Sorted by name.
  virtual std::vector<peer_view> peers() = 0;

  /// Removes and returns the oldest event that fits. Events have the member
  /// `event`: `unicast` or `broadcast`, then also `channel`, `from`, `size`
  /// and `fnv`. Lines of the log are no events.
  virtual json wait_for(const predicate& fits,
                        milliseconds timeout = patience) = 0;
  /// How many events that fit have come and were not waited for.
  virtual std::size_t count(const predicate& fits) const = 0;
  virtual std::vector<std::string> log() const = 0;

  /// Ends it as a crash would: its sockets close without a word.
  virtual void kill() = 0;

  // -- in terms of these

  /// The same for the arrival of that very payload.
  json wait_for_blob(const std::string& event, std::size_t size,
                     std::uint64_t seed, milliseconds timeout = patience);
  bool log_contains(const std::string& text) const;
  /// Whether it has an established connection to the peer of that name.
  bool is_connected_to(const std::string& name);
  /// What it knows of that peer, if anything.
  std::optional<peer_view> knows(const std::string& name);
};

} // namespace cafmesh::test
