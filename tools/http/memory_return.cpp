#include "tools/http/memory_return.hpp"

#include <algorithm>

#include <malloc.h>

namespace http {

namespace {

constexpr std::size_t crowd = 200;

// Bounds the share of time that clients can make the server spend on this.
constexpr std::chrono::seconds quiet_for{2};

} // namespace

bool memory_return::is_due(std::size_t connections, time_point now) {
  most_ = std::max(most_, connections);
  if (most_ < crowd || connections > most_ / 2) {
    crowded_at_ = now;
    return false;
  }
  if (now - crowded_at_ < quiet_for)
    return false;
  most_ = connections;
  return true;
}

void memory_return::run() {
  ::malloc_trim(0);
}

} // namespace http
