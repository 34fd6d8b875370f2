#pragma once

#include <chrono>
#include <cstddef>

namespace http {

/// Decides when to return freed memory to the system, which is some time after
/// a crowd of connections has gone. Otherwise the allocator would keep the
/// memory that the crowd needed.
class memory_return {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// To be called several times a second.
  /// @param connections how many are open now
  /// @returns whether to return memory now
  bool is_due(std::size_t connections, time_point now);

  /// Returns freed memory. Takes some milliseconds.
  static void run();

private:
  std::size_t most_ = 0;    // connections at once since the last return
  time_point crowded_at_{}; // when most of that crowd was last seen
};

} // namespace http
