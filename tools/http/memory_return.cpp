#include "tools/http/memory_return.hpp"

#include <algorithm>

#include <malloc.h>

namespace http {

namespace {

constexpr std::size_t crowd = 200;

// How long there must be no crowd before memory is returned. This limits how
// often clients can make the server return memory.
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
