#pragma once

#include <cstdint>

#include "actors/network/tcp_state.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Decides how many timeouts in a row count as the death of the remote's host.
/// The number grows with the share of segments lost lately. It also grows with
/// the number of probes that the host has answered lately, because any member
/// can cause probes, and could repeat them until one wrongly fails.
class tcp_history {
public:
  /// Whether `note` is due, which is about once a minute.
  bool is_due(instant now) const noexcept {
    return now - noted_ >= interval;
  }
  void note(const tcp_state& x, instant now);
  /// To be called when the host has answered a probe.
  void answered(instant now);
  std::uint32_t timeouts_of_dead(const tcp_state& x, instant now) const;

private:
  static constexpr auto interval = std::chrono::minutes{1};

  std::uint32_t answers_until(instant now) const;

  struct counters {
    std::uint32_t sent = 0;
    std::uint32_t resent = 0;
  };
  counters before_; // of one or two intervals ago
  counters last_;
  instant noted_{};
  std::uint32_t answers_ = 0; // to probes; halved each interval
  instant halved_{};
};

} // namespace cafmesh
