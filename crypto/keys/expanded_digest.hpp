#pragma once

#include <array>
#include <cstdint>

namespace cafmesh::crypto {

/// Expands a digest to 1,024 bits that look random: the first 128 bytes of
/// ChaCha20 with the nonce 0, as little-endian numbers. The key is the digest,
/// big endian, and 16 zeros.
std::array<std::uint64_t, 16>
expanded_digest(std::array<std::uint64_t, 2> digest);

} // namespace cafmesh::crypto
