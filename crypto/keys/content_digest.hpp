#pragma once

#include <array>
#include <cstdint>

#include <cafmesh/bytes.hpp>

namespace cafmesh::crypto {

/// Returns a BLAKE2b digest of 128 bits. Nobody can find two inputs with the
/// same digest.
std::array<std::uint64_t, 2> content_digest(byte_view input);

} // namespace cafmesh::crypto
