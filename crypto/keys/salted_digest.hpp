#pragma once

#include <array>
#include <cstdint>

namespace cafmesh::crypto {

/// A random number that nobody knows in advance.
using salt = std::array<std::uint8_t, 16>;

/// @throws std::runtime_error if the machine has no source of randomness.
salt random_salt();

/// Returns a keyed hash of 128 bits, SipHash-2-4. Without the salt, it cannot
/// be told from a random number.
std::array<std::uint64_t, 2> salted_digest(const salt& key,
                                           std::array<std::uint64_t, 2> x);

} // namespace cafmesh::crypto
