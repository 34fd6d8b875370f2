#pragma once

#include <cstdint>

#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Limits a rate: holds up to `capacity` tokens, starts full, gains one each
/// `interval`. Time may stand still or jump; going back counts as standing.
class token_bucket {
public:
  /// @pre `interval > duration::zero()`
  token_bucket(std::uint32_t capacity, duration interval, instant now);

  /// Takes a token if there is one.
  bool take(instant now);

  /// When `take` will next succeed; `now` or earlier if it would already.
  instant next_token() const noexcept;

private:
  std::uint32_t capacity_;
  duration interval_;
  std::uint32_t tokens_;
  instant last_gain_;

  void gain(instant now);
};

} // namespace cafmesh
