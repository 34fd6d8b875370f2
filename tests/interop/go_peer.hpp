#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/interop/child_process.hpp"
#include "tests/interop/mesh_peer.hpp"

namespace cafmesh::test {

/// A peer of the Go library in a child process. The process is killed when this
/// object is destroyed, or when the thread that created it ends. All members
/// except `kill` and `quit` may be called from any thread.
class go_peer : public mesh_peer {
public:
  /// Starts the peer, and returns once it listens.
  explicit go_peer(peer_options options);
  go_peer(const go_peer&) = delete;
  go_peer& operator=(const go_peer&) = delete;
  ~go_peer() override;

  const std::string& name() const noexcept override;
  std::uint64_t uid() const noexcept override;
  std::uint16_t port() const noexcept override;
  std::string address() const override;

  void connect_to(const std::string& address) override;
  void forget(const std::string& address) override;
  void unicast(const std::string& to, std::size_t size, std::uint64_t seed,
               const std::string& channel = "test") override;
  void broadcast(std::size_t size, std::uint64_t seed,
                 const std::string& channel = "test") override;
  void set(const std::string& key, int value,
           const std::string& channel = "test") override;
  std::map<std::string, int> get(const std::string& channel = "test") override;

  std::vector<peer_view> peers() override;
  json status() override;

  json wait_for(const predicate& fits,
                milliseconds timeout = patience) override;
  std::size_t count(const predicate& fits) const override;
  std::vector<std::string> log() const override;

  /// Sends SIGKILL and waits for the end of the process.
  void kill() override;
  /// Tells the process to end.
  /// @returns its exit status
  int quit();

private:
  bool start();
  void spawn();
  void take(const std::string& line);
  json ask(json command);
  json await_answer(std::uint64_t id, const std::string& what);
  [[noreturn]] void fail(const std::string& what) const;
  std::string latest_words() const;

  peer_options options_;
  std::uint16_t port_ = 0;
  std::atomic<std::uint64_t> last_id_ = 0;
  std::uint64_t uid_ = 0;

  std::mutex writing_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::map<std::uint64_t, json> answers_;
  std::deque<json> events_;
  std::vector<std::string> log_;

  // This member is declared last, because its thread uses the members above.
  std::unique_ptr<child_process> process_;
};

} // namespace cafmesh::test
