#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include <cafmesh/transport.hpp>

namespace cafmesh {

/// What the kernel knows of a connection that shows whether the remote's host
/// is alive.
struct tcp_state {
  bool is_closed = false;                          ///< for instance by a reset
  std::chrono::milliseconds acknowledged_before{}; ///< since the last ack
  std::chrono::milliseconds timeout{};             ///< until the kernel resends
  std::uint32_t in_flight = 0;     ///< segments sent and not acknowledged
  std::uint32_t unsent = 0;        ///< bytes, for instance with a closed window
  std::uint32_t repeats = 0;       ///< timeouts since the last acknowledgement
  std::uint32_t window_probes = 0; ///< not answered
  std::uint32_t sent = 0;          ///< segments, in the connection's life
  std::uint32_t resent = 0;        ///< segments, in the same time
};

/// @returns nullopt if the kernel cannot tell
std::optional<tcp_state> read_tcp_state(int socket);

/// Judges the host by what has happened to data written within the last `time`.
/// @param timeouts see `tcp_history::timeouts_of_dead`
host_state judge(const tcp_state& x, std::chrono::milliseconds time,
                 std::uint32_t timeouts);

} // namespace cafmesh
