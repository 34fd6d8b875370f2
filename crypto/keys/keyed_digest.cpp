#include "crypto/keys/keyed_digest.hpp"

#include <cstring>

#include <sodium.h>

#include "crypto/keys/memory.hpp"

namespace cafmesh::crypto {

std::uint64_t keyed_digest(byte_view input, std::uint64_t key) {
  initialize();
  std::uint8_t wide_key[crypto_shorthash_KEYBYTES] = {};
  std::memcpy(wide_key, &key, sizeof(key));
  std::uint8_t digest[crypto_shorthash_BYTES];
  crypto_shorthash(digest, input.data(), input.size(), wide_key);
  std::uint64_t result = 0;
  static_assert(sizeof(result) == sizeof(digest));
  std::memcpy(&result, digest, sizeof(result));
  return result;
}

} // namespace cafmesh::crypto
