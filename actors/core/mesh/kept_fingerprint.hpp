#pragma once

#include <atomic>
#include <cstdint>

#include <cafmesh/bytes.hpp>
#include <cafmesh/detail/fingerprint.hpp>

namespace cafmesh {

/// The fingerprint of bytes that never change. Computed at its first use, which
/// may be on any thread.
class kept_fingerprint {
public:
  kept_fingerprint() noexcept = default;
  /// The copy computes the fingerprint again.
  kept_fingerprint(const kept_fingerprint&) noexcept {
  }
  kept_fingerprint& operator=(const kept_fingerprint&) = delete;

  /// @param of the same bytes in each call
  fingerprint get(byte_view of) const {
    if (state_.load(std::memory_order_acquire) == state::known)
      return value_;
    auto result = fingerprint_of(of);
    auto expected = state::unknown;
    if (state_.compare_exchange_strong(expected, state::written,
                                       std::memory_order_relaxed)) {
      value_ = result;
      state_.store(state::known, std::memory_order_release);
    }
    return result;
  }

private:
  enum class state : std::uint8_t { unknown, written, known };

  mutable fingerprint value_;
  mutable std::atomic<state> state_{state::unknown};
};

} // namespace cafmesh
