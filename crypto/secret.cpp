#include "secret.hpp"

#include <algorithm>
#include <stdexcept>

#include <sodium.h>

namespace cafmesh::crypto {

void initialize() {
  static const bool ready = sodium_init() >= 0;
  if (!ready)
    throw std::runtime_error("libsodium found no source of randomness");
}

void wipe(void* data, std::size_t size) noexcept {
  sodium_memzero(data, size);
}

secret::secret(std::string_view text) : data_(text.begin(), text.end()) {
}

secret::secret(const secret& other) = default;

secret::secret(secret&& other) noexcept = default;

// By value, so that the old bytes leave with `other` and are wiped there.
secret& secret::operator=(secret other) noexcept {
  data_.swap(other.data_);
  return *this;
}

secret::~secret() {
  wipe(data_.data(), data_.size());
}

key::key(byte_view xs) {
  std::copy_n(xs.data(), size, data_.begin());
}

} // namespace cafmesh::crypto
