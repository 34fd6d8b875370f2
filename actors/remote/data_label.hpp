#pragma once

#include <cstdint>

namespace cafmesh {

/// Describes what a data frame carries, in case the frame is lost. The session
/// keeps the description as a 64-bit label. The number is the request's number
/// on the wire for a request or an answer, and the receiver's ID for any other
/// message (`send`).
struct data_label {
  enum class what : std::uint8_t { other = 0, request, answer, send };

  what kind = what::other;
  std::uint64_t number = 0;

  std::uint64_t value() const noexcept {
    return static_cast<std::uint64_t>(kind) << number_bits
           | (number & number_mask);
  }
  static data_label of(std::uint64_t value) noexcept {
    return {static_cast<what>(value >> number_bits), value & number_mask};
  }

private:
  static constexpr unsigned number_bits = 62;
  static constexpr std::uint64_t number_mask =
    (std::uint64_t{1} << number_bits) - 1;
};

} // namespace cafmesh
