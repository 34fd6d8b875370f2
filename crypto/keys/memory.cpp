#include "crypto/keys/memory.hpp"

#include <stdexcept>

#include <sodium.h>

namespace cafmesh::crypto {

void initialize() {
  static const bool ready = sodium_init() >= 0;
  if (!ready)
    throw std::runtime_error("libsodium found no source of randomness");
}

bool equal_secrets(const void* x, const void* y, std::size_t size) noexcept {
  return sodium_memcmp(x, y, size) == 0;
}

void wipe(void* data, std::size_t size) noexcept {
  sodium_memzero(data, size);
}

} // namespace cafmesh::crypto
