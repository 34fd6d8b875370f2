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

/// A peer of ours, in this process: real actors over real sockets, in an actor
/// system of their own.
class cpp_node : public mesh_peer {
public:
  /// Returns once the peer listens. Its first retry of a dial comes after half
  /// a second; else it has the settings' defaults.
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
  /// Its status document.
  json status();

  json wait_for(const predicate& fits,
                milliseconds timeout = patience) override;
  std::size_t count(const predicate& fits) const override;
  std::vector<std::string> log() const override;

  void kill() override;
  /// Ends it in good order; what is left of it fails every verb but `log`,
  /// `count` and `wait_for`.
  void stop();

  /// The same as `unicast`, not waiting for what comes of it.
  void begin_unicast(const std::string& to, std::size_t size,
                     std::uint64_t seed, const std::string& channel = "test");

  /// The first is dialled with; connections that exist stay.
  void set_passwords(const std::vector<std::string>& accepted);

  /// Its way to the network.
  breakable_transport& wires();

private:
  struct insides;

  bool start();

  peer_options options_;
  std::unique_ptr<insides> in_;
};

} // namespace cafmesh::test
