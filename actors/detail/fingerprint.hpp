#pragma once

#include <cstdint>

#include <cafmesh/bytes.hpp>

namespace cafmesh {

/// A 128-bit digest of an item, or of many items (see `digest_sum`). Nobody can
/// find two items with the same fingerprint.
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
