#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/interop/mesh_peer.hpp"

namespace cafmesh::test {

class breakable_transport;

/// A cafmesh peer in this process. It has an actor system of its own and uses
/// real sockets.
class cpp_node : public mesh_peer {
public:
  /// Starts the peer, and returns once it listens. `retry_initial` is 500 ms.
  /// Options that are absent have the defaults of `settings`.
  explicit cpp_node(peer_options options);
  cpp_node(const cpp_node&) = delete;
  cpp_node& operator=(const cpp_node&) = delete;
  ~cpp_node() override;

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

  void kill() override;
  /// Stops the node. Afterwards only `log`, `count` and `wait_for` may be
  /// called.
  void stop();

  /// Sends a unicast without waiting for the result.
  void begin_unicast(const std::string& to, std::size_t size,
                     std::uint64_t seed, const std::string& channel = "test");

  /// Changes the node's passwords; see cafmesh::set_passwords.
  void set_passwords(const std::vector<std::string>& accepted);

  breakable_transport& wires();

private:
  struct insides;

  bool start();

  peer_options options_;
  std::unique_ptr<insides> in_;
};

} // namespace cafmesh::test
