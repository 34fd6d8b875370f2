#pragma once

#include <cstddef>
#include <cstdint>

#include <cafmesh/bytes.hpp>

/// Numbers as 8 bytes, big endian.
namespace cafmesh {

inline void append_u64(bytes& out, std::uint64_t x) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(x >> shift));
}

/// The number that begins at `first`. Bytes after the end of `x` count as 0.
inline std::uint64_t u64_at(byte_view x, std::size_t first) noexcept {
  std::uint64_t result = 0;
  for (auto i = first; i < first + 8; ++i)
    result = result << 8 | (i < x.size() ? x[i] : 0u);
  return result;
}

} // namespace cafmesh
