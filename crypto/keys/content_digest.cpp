#include "crypto/keys/content_digest.hpp"

#include <sodium.h>

#include "crypto/keys/memory.hpp"

namespace cafmesh::crypto {

std::array<std::uint64_t, 2> content_digest(byte_view input) {
  initialize();
  std::array<std::uint8_t, 16> digest{};
  static_assert(digest.size() >= crypto_generichash_BYTES_MIN);
  crypto_generichash(digest.data(), digest.size(), input.data(), input.size(),
                     nullptr, 0);
  std::array<std::uint64_t, 2> result{};
  for (std::size_t i = 0; i < digest.size(); ++i)
    result[i / 8] = result[i / 8] << 8 | digest[i];
  return result;
}

} // namespace cafmesh::crypto
