#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace cafmesh::test {

/// Delay and loss of packets in each direction.
struct wire_quality {
  std::chrono::milliseconds delay{0};
  double loss = 0; ///< share of packets lost, 0 to 1
};

/// A network switch that delays and loses packets, for kernels without netem.
/// Each host is a network namespace with an interface `eth0`. A thread copies
/// the frames of each interface to the others.
class bad_wire {
public:
  /// Whether the kernel supports TAP interfaces, which a bad_wire needs.
  static bool is_possible();

  /// @param namespaces the names of the namespaces
  /// @throws std::runtime_error if an interface cannot be created
  bad_wire(const std::vector<std::string>& namespaces, wire_quality quality,
           std::uint64_t seed);
  bad_wire(const bad_wire&) = delete;
  bad_wire& operator=(const bad_wire&) = delete;
  ~bad_wire();

private:
  using clock = std::chrono::steady_clock;
  struct frame {
    std::size_t from; // the index in cards_
    std::string bytes;
  };

  void carry();
  void take_from(std::size_t card);
  void hand_out();

  wire_quality quality_;
  std::mt19937_64 rng_;
  std::vector<int> cards_;
  std::multimap<clock::time_point, frame> under_way_;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

} // namespace cafmesh::test
