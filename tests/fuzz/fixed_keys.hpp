#pragma once

#include "crypto/keys/session_key.hpp"
#include "tests/support/hex.hpp"

/// The keys of the first session in `tests/data/wire-mac.json`. They are fixed,
/// so that an input behaves the same in each run.
namespace cafmesh::fuzz {

inline crypto::key_pair key_pair_of(const char* secret, const char* open) {
  crypto::key_pair result;
  result.secret_half = crypto::key{test::hex(secret)};
  auto half = test::hex(open);
  std::copy(half.begin(), half.end(), result.open_half.begin());
  return result;
}

inline const crypto::key_pair& our_keys() {
  static const auto result = key_pair_of(
    "04294d7a66cb1c68044c1ad837c638076dd3708078509cba49fdc54922cdf5d7",
    "2fa09e30b571dc5fb992acdafb83c8d7bd5138ef259dbf53a31ee9a73fd1d435");
  return result;
}

inline const crypto::key_pair& their_keys() {
  static const auto result = key_pair_of(
    "715fb43e9b5a5942cb8950eade143577bc9dcedde58d51deddc70075e452bbce",
    "a401ac14842c53cdb092379324ae552170f3776f921dd992e5e2c73e396bbc25");
  return result;
}

} // namespace cafmesh::fuzz
