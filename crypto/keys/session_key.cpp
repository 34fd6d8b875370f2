#include "crypto/keys/session_key.hpp"

#include <sodium.h>

#include "crypto/keys/memory.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::crypto {

static_assert(public_key_size == crypto_box_PUBLICKEYBYTES);

key_pair key_pair::random() {
  initialize();
  key_pair result;
  crypto_box_keypair(result.open_half.data(), result.secret_half.data());
  return result;
}

caf::expected<key> make_session_key(const key_pair& ours,
                                    const public_key& theirs,
                                    const password& shared_secret) {
  initialize();
  key shared;
  if (crypto_box_beforenm(shared.data(), theirs.data(), ours.secret_half.data())
      != 0)
    return make_error(errc::weak_key,
                      "expected a public key of high order, got "
                        + to_hex({theirs.data(), theirs.size()}));
  crypto_hash_sha256_state hash;
  crypto_hash_sha256_init(&hash);
  crypto_hash_sha256_update(&hash, shared.data(), key::size);
  crypto_hash_sha256_update(&hash, shared_secret.view().data(),
                            shared_secret.size());
  key result;
  crypto_hash_sha256_final(&hash, result.data());
  wipe(&hash, sizeof(hash));
  return result;
}

} // namespace cafmesh::crypto
