#include "crypto/keys/salted_digest.hpp"

#include <sodium.h>

#include "crypto/keys/memory.hpp"

namespace cafmesh::crypto {

namespace {

using digest_bytes = std::array<std::uint8_t, 16>;
static_assert(sizeof(digest_bytes) == crypto_shorthash_siphashx24_BYTES);
static_assert(sizeof(salt) == crypto_shorthash_siphashx24_KEYBYTES);

} // namespace

salt random_salt() {
  initialize();
  salt result{};
  randombytes_buf(result.data(), result.size());
  return result;
}

std::array<std::uint64_t, 2> salted_digest(const salt& key,
                                           std::array<std::uint64_t, 2> x) {
  digest_bytes in{}, out{};
  for (std::size_t i = 0; i < in.size(); ++i)
    in[i] = static_cast<std::uint8_t>(x[i / 8] >> (56 - 8 * (i % 8)));
  crypto_shorthash_siphashx24(out.data(), in.data(), in.size(), key.data());
  std::array<std::uint64_t, 2> result{};
  for (std::size_t i = 0; i < out.size(); ++i)
    result[i / 8] = result[i / 8] << 8 | out[i];
  return result;
}

} // namespace cafmesh::crypto
