#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {
class link;
}

namespace cafmesh::test {

/// A peer that sends heartbeats but reads nothing after its introduction. It
/// has a thread and a socket of its own.
class deaf_peer {
public:
  /// Dials the node at this port, and returns once the introduction is
  /// complete.
  /// @throws std::runtime_error if the dial or the introduction fails
  deaf_peer(std::uint16_t port, peer_name name);
  deaf_peer(const deaf_peer&) = delete;
  deaf_peer& operator=(const deaf_peer&) = delete;
  ~deaf_peer();

  /// Whether the node has closed the connection. Becomes true only when a
  /// heartbeat cannot be sent.
  bool is_cut_off() const noexcept {
    return cut_off_;
  }

private:
  void beat();

  int fd_ = -1;
  std::atomic<bool> cut_off_{false};
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

/// A peer that claims to be connected to other, made-up peers, and sends data
/// in their names. It reads and discards everything that it receives.
class bringing_peer {
public:
  /// Dials the node at this port. Returns once the introduction is complete and
  /// the made-up peers are announced.
  /// @param others the number of made-up peers
  /// @throws std::runtime_error if the dial or the introduction fails
  bringing_peer(std::uint16_t port, peer_name name, peer_name neighbour,
                std::size_t others);
  bringing_peer(const bringing_peer&) = delete;
  bringing_peer& operator=(const bringing_peer&) = delete;
  ~bringing_peer();

  /// Sends data in the name of made-up peer `other`, a number from 0. Waits
  /// until the socket has taken the data.
  /// @returns whether the data was sent
  bool bring_broadcast(std::size_t other, const std::string& channel,
                       const payload& data);
  bool bring_unicast(std::size_t other, const std::string& channel,
                     peer_name to, const payload& data);

private:
  static peer_name behind(std::size_t other) {
    return peer_name::from_number(1000 + other);
  }
  void announce(peer_name name, peer_name neighbour, std::size_t others);

  int fd_ = -1;
  std::unique_ptr<link> talk_;
  std::thread reader_;
};

} // namespace cafmesh::test
