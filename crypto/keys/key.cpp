#include <cafmesh/key.hpp>

#include <algorithm>

#include "crypto/keys/memory.hpp"

namespace cafmesh::crypto {

key::key(byte_view xs) {
  std::copy_n(xs.data(), size, data_.begin());
}

key::~key() {
  wipe(data_.data(), data_.size());
}

} // namespace cafmesh::crypto
