#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include <cafmesh/transport.hpp>

namespace cafmesh {

/// What the kernel knows of a connection that shows whether the remote's host
/// is alive.
struct tcp_state {
  bool is_closed = false; ///< for instance as the remote has reset it
  std::chrono::milliseconds acknowledged_before{}; ///< the last time
  std::chrono::milliseconds timeout{}; ///< until the kernel sends again
  std::uint32_t in_flight = 0;         ///< segments sent and not acknowledged
  std::uint32_t unsent = 0;  ///< bytes, for instance as the window is closed
  std::uint32_t repeats = 0; ///< timeouts since the last acknowledgement
  std::uint32_t window_probes = 0; ///< not answered
  std::uint32_t sent = 0;          ///< segments, in the connection's life
  std::uint32_t resent = 0;        ///< of these, sent again
};

/// @returns nullopt if the kernel does not tell
std::optional<tcp_state> read_tcp_state(int socket);

/// Judges by what was sent within the last `time`. As the kernel chooses its
/// timeouts by the round trip, so does this limit.
/// @param timeouts see `tcp_history::timeouts_of_dead`
host_state judge(const tcp_state& x, std::chrono::milliseconds time,
                 std::uint32_t timeouts);

} // namespace cafmesh
