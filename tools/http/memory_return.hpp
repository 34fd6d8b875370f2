#pragma once

#include <chrono>
#include <cstddef>

namespace http {

/// Decides when to return freed memory to the system. This is some time after
/// many connections have ended, because the allocator keeps the memory that
/// they needed.
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
  std::size_t most_ = 0;    // peak connections since the last return
  time_point crowded_at_{}; // when more than half were last open
};

} // namespace http
