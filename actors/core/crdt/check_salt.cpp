#include <cafmesh/detail/check_salt.hpp>

#include "crypto/keys/salted_digest.hpp"

namespace cafmesh {

fingerprint salted(const check_salt& salt, fingerprint x) {
  const auto [high, low] = crypto::salted_digest(salt, {x.high(), x.low()});
  return {high, low};
}

} // namespace cafmesh
