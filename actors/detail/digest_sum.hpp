#pragma once

#include <array>
#include <cstdint>

#include <cafmesh/detail/fingerprint.hpp>

namespace cafmesh {

/// Stands for a set of items: the sum of their fingerprints, each expanded to
/// 1,024 bits before it is added. By Wagner's generalised birthday attack, it
/// takes some 2^64 steps to find two sets with the same sum. If the
/// fingerprints themselves were added, it would take 2^23. Lattice reduction
/// takes perhaps 2^55 steps, but needs 2^30 forged items, more than the limits
/// of values allow.
class digest_sum {
public:
  digest_sum() noexcept = default;
  digest_sum(fingerprint x) noexcept // NOLINT: a sum of one
      : lanes_{x.high(), x.low()}, state_(state::one) {
  }

  digest_sum& operator+=(const digest_sum& x);
  /// Subtracts a sum that was added before.
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
  // A single fingerprint is expanded only when needed, because most changes of
  // a value consist of one item.
  enum class state : std::uint8_t { none, one, many };

  lanes expanded() const;
  void expand();
  bool is_same_one(const digest_sum& x) const noexcept;

  lanes lanes_{};
  state state_ = state::none;
};

} // namespace cafmesh
