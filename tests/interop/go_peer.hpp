#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/types.h>

#include "testbed.hpp"

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

struct go_peer_options {
  /// In the text form of its flavour.
  std::string name;
  /// Take `name` for 32 hex digits instead of a MAC.
  bool hash_names = false;
  std::string nickname = "go";
  /// Absent: no encryption. Empty: encryption with the empty password.
  std::optional<std::string> password;
  int min_version = 1;
  bool discovery = false;
  /// The others are surrogates.
  std::vector<std::string> channels{"test"};
  /// 0 is none.
  int connection_limit = 0;
  /// 0 takes a free one.
  std::uint16_t port = 0;
};

/// A peer of the Go library as a child process, which ends with this object or
/// with the thread that made it. Every verb throws std::runtime_error if the
/// peer refuses, has ended, or does not answer in time; the text says which,
/// with the peer's latest words.
class go_peer {
public:
  using json = nlohmann::json;
  using predicate = std::function<bool(const json&)>;
  using milliseconds = std::chrono::milliseconds;

  /// Returns once the peer listens.
  explicit go_peer(go_peer_options options);
  go_peer(const go_peer&) = delete;
  go_peer& operator=(const go_peer&) = delete;
  ~go_peer();

  const std::string& name() const noexcept;
  std::uint64_t uid() const noexcept;
  std::uint16_t port() const noexcept;
  /// 127.0.0.1 and the port.
  std::string address() const;

  void connect_to(const std::string& address);
  void forget(const std::string& address);
  void unicast(const std::string& to, std::size_t size, std::uint64_t seed,
               const std::string& channel = "test");
  void broadcast(std::size_t size, std::uint64_t seed,
                 const std::string& channel = "test");

  /// Raises a value of the channel's state, which is a gob map[string]int
  /// behind the byte 'S' and merges by maximum.
  void set(const std::string& key, int value,
           const std::string& channel = "test");
  std::map<std::string, int> get(const std::string& channel = "test");

  /// The library's status document.
  json status();
  /// Sorted by name.
  std::vector<peer_view> peers();
  /// Whether it has an established connection to the peer of that name.
  bool is_connected_to(const std::string& name);

  /// Removes and returns the oldest event that fits. Events have the member
  /// `event`: `unicast` or `broadcast`, then also `channel`, `from`, `size`
  /// and `fnv`. Lines of the log are no events.
  json wait_for(const predicate& fits, milliseconds timeout = patience);
  /// The same for the arrival of that very payload.
  json wait_for_blob(const std::string& event, std::size_t size,
                     std::uint64_t seed, milliseconds timeout = patience);
  /// How many events that fit have come and were not waited for.
  std::size_t count(const predicate& fits) const;

  bool log_contains(const std::string& text) const;
  std::vector<std::string> log() const;

  /// SIGKILL, as a crash would be.
  void kill();
  /// Asks it to end. @returns its exit status.
  int quit();

private:
  bool start();
  void spawn();
  void read_lines(int fd);
  void take(const std::string& line);
  json ask(json command);
  void send(const json& command);
  json await_answer(std::uint64_t id, const std::string& what);
  int reap();
  [[noreturn]] void fail(const std::string& what) const;
  std::string latest_words() const;

  go_peer_options options_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  int control_ = -1;
  std::thread reader_;
  std::uint64_t last_id_ = 0;
  std::uint64_t uid_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::map<std::uint64_t, json> answers_;
  std::deque<json> events_;
  std::vector<std::string> log_;
};

} // namespace cafmesh::test
