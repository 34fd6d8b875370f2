#pragma once

#include <cstdint>

#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Limits a rate with tokens. The bucket holds up to `capacity` tokens, starts
/// full and gains one token per `interval`. The time `now` may stand still or
/// jump forward; a step back is ignored.
class token_bucket {
public:
  /// @pre `interval > duration::zero()`
  token_bucket(std::uint32_t capacity, duration interval, instant now);

  /// Takes `count` tokens if the bucket holds that many. Returns whether it
  /// took them.
  bool take(instant now, std::uint32_t count = 1);

  /// Takes `count` tokens. If the bucket holds fewer, the missing tokens become
  /// a debt. Later gains pay off the debt first.
  void charge(instant now, std::uint32_t count);

  /// Puts tokens back. The bucket never holds more than `capacity`.
  void give_back(std::uint32_t count);

  bool has(instant now, std::uint32_t count) {
    gain(now);
    return tokens_ >= count;
  }

  /// Whether the bucket is like a new one, with `capacity` tokens and without
  /// debt.
  bool is_full(instant now) {
    gain(now);
    return tokens_ == capacity_ && last_gain_ <= now;
  }

private:
  std::uint32_t capacity_;
  duration interval_;
  std::uint32_t tokens_;
  instant last_gain_;

  void gain(instant now);
};

} // namespace cafmesh
