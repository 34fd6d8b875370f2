#include "user_name.hpp"

#include <sodium.h>

#include "../messages/bytes.hpp"
#include "secret.hpp"

namespace cafmesh::crypto {

caf::expected<peer_name> name_from_user_input(std::string_view text,
                                              name_flavour flavour) {
  if (flavour == name_flavour::mac)
    return peer_name::parse(text, flavour);
  initialize();
  std::uint8_t digest[crypto_hash_sha256_BYTES];
  byte_view input{text};
  crypto_hash_sha256(digest, input.data(), input.size());
  return peer_name::from_bytes({digest, peer_name::unknown(flavour).size()},
                               flavour);
}

} // namespace cafmesh::crypto
