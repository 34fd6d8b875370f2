#pragma once

#include <cstdint>

#include <cafmesh/bytes.hpp>

namespace cafmesh::crypto {

/// Returns a SipHash-2-4 digest. Without the key, nobody can find two inputs
/// with the same digest, or an input with a given digest. A random 64-bit key
/// is enough for data that does not outlive the process.
std::uint64_t keyed_digest(byte_view input, std::uint64_t key);

} // namespace cafmesh::crypto
