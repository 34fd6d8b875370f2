#pragma once

#include <chrono>

#include <cafmesh/instant.hpp>

namespace cafmesh {

/// How long a sender gathers data for its neighbour before it sends more. After
/// a quiet time, data goes at once. While a mesh forms, news follows news, and
/// a message for each change would cost a dense mesh most of its time: each
/// pause is twice as long as the one before.
class sending_pace {
public:
  /// The number of times in a row that nothing is gathered.
  static constexpr unsigned at_once = 4;
  static constexpr duration shortest = std::chrono::milliseconds{5};
  static constexpr duration longest = std::chrono::milliseconds{160};
  /// The time without data that makes the sender quick again.
  static constexpr duration quiet = 2 * longest;

  /// To be called when all data that waited has been sent.
  /// @returns the time for which later data waits.
  duration sent(instant now);

private:
  unsigned in_a_row_ = 0;
  duration pause_{};
  instant latest_{};
};

} // namespace cafmesh
