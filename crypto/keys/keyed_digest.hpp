#pragma once

#include <cstdint>

#include <cafmesh/bytes.hpp>

namespace cafmesh::crypto {

/// Returns a SipHash-2-4 digest. Without the key, nobody can find two inputs
/// with the same digest, or an input with a given digest. A random key of 64
/// bits is enough for data that is kept only while the process runs.
std::uint64_t keyed_digest(byte_view input, std::uint64_t key);

} // namespace cafmesh::crypto
