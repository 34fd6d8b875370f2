#pragma once

#include <cstddef>
#include <cstdint>

/// Each message of a benchmark begins with a stamp, which the receiver checks.
namespace bench {

/// The size of a stamp in bytes. A stamp is the sequence number of its message,
/// little endian, with flags in the highest bits.
constexpr std::size_t stamp_size = 8;

/// The flag of the last message of a run.
constexpr std::uint64_t last_mark = std::uint64_t{1} << 63;

/// The stamp of a probe, which the receiver sends back.
constexpr std::uint64_t probe_stamp = std::uint64_t{1} << 62;

inline void write_stamp(std::uint8_t* to, std::uint64_t x) noexcept {
  for (std::size_t i = 0; i < stamp_size; ++i)
    to[i] = static_cast<std::uint8_t>(x >> (8 * i));
}

/// @pre `stamp_size` bytes can be read
inline std::uint64_t read_stamp(const std::uint8_t* from) noexcept {
  std::uint64_t result = 0;
  for (std::size_t i = stamp_size; i > 0; --i)
    result = result << 8 | from[i - 1];
  return result;
}

} // namespace bench
