#include "actors/core/limits/token_bucket.hpp"

#include <algorithm>

namespace cafmesh {

token_bucket::token_bucket(std::uint32_t capacity, duration interval,
                           instant now)
    : capacity_(capacity), interval_(interval), tokens_(capacity),
      last_gain_(now) {
}

bool token_bucket::take(instant now, std::uint32_t count) {
  if (!has(now, count))
    return false;
  tokens_ -= count;
  return true;
}

void token_bucket::charge(instant now, std::uint32_t count) {
  gain(now);
  const auto held = std::min(count, tokens_);
  tokens_ -= held;
  last_gain_ += (count - held) * interval_;
}

void token_bucket::give_back(std::uint32_t count) {
  tokens_ += std::min(count, capacity_ - tokens_);
}

void token_bucket::gain(instant now) {
  if (now <= last_gain_)
    return;
  auto gained = (now - last_gain_) / interval_;
  // A full bucket gains no tokens, so the next interval starts when a token is
  // taken.
  if (gained >= capacity_ - tokens_) {
    tokens_ = capacity_;
    last_gain_ = now;
  } else {
    tokens_ += static_cast<std::uint32_t>(gained);
    last_gain_ += gained * interval_;
  }
}

} // namespace cafmesh
