#pragma once

#include <cstdint>

#include "actors/network/tcp_state.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// What was seen of a connection before, which decides how many timeouts in a
/// row show that the host is dead: more where much was lost of late, and more
/// the more often it was asked and has answered. Any member can cause questions
/// and would otherwise repeat them until the answer is wrong.
class tcp_history {
public:
  /// Whether to call `note`, which has to happen once a minute or so.
  bool is_due(instant now) const noexcept {
    return now - noted_ >= interval;
  }
  void note(const tcp_state& x, instant now);
  /// The host was asked, and is alive.
  void answered(instant now);
  std::uint32_t timeouts_of_dead(const tcp_state& x, instant now) const;

private:
  static constexpr auto interval = std::chrono::minutes{1};

  std::uint32_t answers_until(instant now) const;

  struct counters {
    std::uint32_t sent = 0;
    std::uint32_t resent = 0;
  };
  counters before_; // one or two intervals ago
  counters last_;
  instant noted_{};
  std::uint32_t answers_ = 0; // halved each interval
  instant halved_{};
};

} // namespace cafmesh
