#pragma once

#include <cstdint>

#include <cafmesh/bytes.hpp>

namespace cafmesh::crypto {

/// SipHash-2-4: who does not know the key cannot find two inputs with the same
/// digest, nor one with a given digest. A random key of 64 bits is enough for
/// what lives as long as a process.
std::uint64_t keyed_digest(byte_view input, std::uint64_t key);

} // namespace cafmesh::crypto
