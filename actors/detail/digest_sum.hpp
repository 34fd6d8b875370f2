#pragma once

#include <array>
#include <cstdint>

#include <cafmesh/detail/fingerprint.hpp>

namespace cafmesh {

/// Stands for a set of items: the sum of their fingerprints, each of which is
/// expanded to 1,024 bits before it is added. By Wagner's generalised birthday
/// attack, two sets with the same sum take some 2^64 steps (for fingerprints
/// themselves, 2^23); with lattice reduction perhaps 2^55, but then 2^30 forged
/// items, and the limits of values allow fewer.
class digest_sum {
public:
  /// The sum for no items.
  digest_sum() noexcept = default;
  digest_sum(fingerprint x) noexcept // NOLINT: a sum of one
      : lanes_{x.high(), x.low()}, state_(state::one) {
  }

  digest_sum& operator+=(const digest_sum& x);
  /// Takes back what was added.
  digest_sum& operator-=(const digest_sum& x);

  /// A hash of the sum, by which peers compare it; `fingerprint{}` for no
  /// items.
  fingerprint hash() const;

  friend bool operator==(const digest_sum& x, const digest_sum& y);
  friend bool operator!=(const digest_sum& x, const digest_sum& y) {
    return !(x == y);
  }

private:
  using lanes = std::array<std::uint64_t, 16>;
  // The sum of a single fingerprint is that fingerprint until it is needed,
  // because most changes of a value consist of one item.
  enum class state : std::uint8_t { none, one, many };

  lanes expanded() const;
  void expand();
  bool is_same_one(const digest_sum& x) const noexcept;

  lanes lanes_{};
  state state_ = state::none;
};

} // namespace cafmesh
