#include <cafmesh/user_name.hpp>

#include <sodium.h>

#include "crypto/keys/memory.hpp"
#include <cafmesh/bytes.hpp>

namespace cafmesh {

caf::expected<peer_name> name_from_user_input(std::string_view text,
                                              name_flavour flavour) {
  switch (flavour) {
  case name_flavour::mac:
    return peer_name::parse(text, flavour);
  case name_flavour::hash:
    break;
  }
  crypto::initialize();
  std::uint8_t digest[crypto_hash_sha256_BYTES];
  byte_view input{text};
  crypto_hash_sha256(digest, input.data(), input.size());
  static_assert(max_name_size <= sizeof(digest));
  return peer_name::from_bytes({digest, name_size(flavour)}, flavour);
}

} // namespace cafmesh
