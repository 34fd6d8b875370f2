#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <caf/expected.hpp>

#include <cafmesh/key.hpp>
#include <cafmesh/password.hpp>

/// Key agreement between two peers (PROTOCOL.md, "Keys").
namespace cafmesh::crypto {

constexpr std::size_t public_key_size = 32;
using public_key = std::array<std::uint8_t, public_key_size>;

/// An X25519 key pair, fresh for each connection.
struct key_pair {
  public_key open_half;
  key secret_half;

  static key_pair random();
};

/// Makes a session key by hashing a shared key and then the password with
/// SHA-256. The shared key is what NaCl box derives from the key pairs.
/// @returns the key, or errc::weak_key for a remote key of low order.
caf::expected<key> make_session_key(const key_pair& ours,
                                    const public_key& theirs,
                                    const password& shared_secret);

} // namespace cafmesh::crypto
