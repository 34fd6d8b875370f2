#pragma once

#include <cstdint>

#include <cafmesh/bytes.hpp>

namespace cafmesh {

/// A 128-bit number that stands for a set of items: the sum of the items'
/// digests. Two different sets have different fingerprints, unless a member has
/// made up items for two sets with the same one, which takes little work.
class fingerprint {
public:
  /// The fingerprint of no items.
  constexpr fingerprint() noexcept = default;
  constexpr fingerprint(std::uint64_t high, std::uint64_t low) noexcept
      : high_(high), low_(low) {
  }

  constexpr std::uint64_t high() const noexcept {
    return high_;
  }
  constexpr std::uint64_t low() const noexcept {
    return low_;
  }

  constexpr fingerprint& operator+=(fingerprint x) noexcept {
    low_ += x.low_;
    high_ += x.high_ + (low_ < x.low_ ? 1 : 0);
    return *this;
  }
  constexpr fingerprint& operator-=(fingerprint x) noexcept {
    high_ -= x.high_ + (low_ < x.low_ ? 1 : 0);
    low_ -= x.low_;
    return *this;
  }
  friend constexpr bool operator==(fingerprint x, fingerprint y) noexcept {
    return x.high_ == y.high_ && x.low_ == y.low_;
  }
  friend constexpr bool operator!=(fingerprint x, fingerprint y) noexcept {
    return !(x == y);
  }

private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

/// The fingerprint of a single item.
/// @param item the item's encoding, which must differ from that of every other
///        item
fingerprint fingerprint_of(byte_view item);

} // namespace cafmesh
