#include <cafmesh/password.hpp>

#include "crypto/keys/memory.hpp"

namespace cafmesh {

password::password(std::string_view text) : data_(text.begin(), text.end()) {
}

password::password(const password& other) = default;

password::password(password&& other) noexcept = default;

// Takes `other` by value, so that its destructor wipes the old bytes of this
// object.
password& password::operator=(password other) noexcept {
  data_.swap(other.data_);
  return *this;
}

password::~password() {
  crypto::wipe(data_.data(), data_.size());
}

} // namespace cafmesh
