#pragma once

#include <array>
#include <cstdint>

#include <cafmesh/detail/fingerprint.hpp>

namespace cafmesh {

/// A random number that makes the digests in a check of two replicas
/// unpredictable, see `actors/core/crdt/range_check.hpp`.
using check_salt = std::array<std::uint8_t, 16>;

/// A digest of a digest. Nobody without the salt can find items for which sums
/// of such digests are the same.
fingerprint salted(const check_salt& salt, fingerprint x);

} // namespace cafmesh
