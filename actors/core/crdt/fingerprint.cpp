#include <cafmesh/detail/fingerprint.hpp>

#include "crypto/keys/content_digest.hpp"

namespace cafmesh {

fingerprint fingerprint_of(byte_view item) {
  auto [high, low] = crypto::content_digest(item);
  return {high, low};
}

} // namespace cafmesh
