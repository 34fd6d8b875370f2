#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "../../messages/peer_name.hpp"

namespace cafmesh::test {

/// A peer that introduces itself, then sends heartbeats and reads nothing: a
/// thread with a socket of its own.
class deaf_peer {
public:
  /// Returns once it has introduced itself.
  /// @throws std::runtime_error if that fails.
  deaf_peer(std::uint16_t port, peer_name name);
  deaf_peer(const deaf_peer&) = delete;
  deaf_peer& operator=(const deaf_peer&) = delete;
  ~deaf_peer();

  /// Whether the other side has closed the connection, as its heartbeats find
  /// out.
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

} // namespace cafmesh::test
