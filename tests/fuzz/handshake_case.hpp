#pragma once

#include <memory>
#include <string>
#include <vector>

#include "crypto/handshake/handshake.hpp"
#include "tests/fuzz/fuzzing.hpp"

namespace cafmesh::fuzz {

/// The settings of a handshake and its remote, from one byte of the input.
struct handshake_case {
  explicit handshake_case(std::uint8_t how)
      : outbound((how & 1) != 0), has_password((how & 2) != 0),
        is_honest((how & 4) != 0), knows_first((how & 8) != 0),
        min_version((how & 16) != 0 ? 2 : 1),
        max_version((how & 32) != 0 ? 1 : 2), theirs((how & 64) != 0 ? 1 : 2) {
    if (min_version > max_version)
      max_version = min_version;
  }

  crypto::handshake_config config() const;

  /// Returns all bytes that the remote sends: its side of the handshake, then
  /// each `in.run()` as a frame, sealed if there is a password. If `theirs` is
  /// 1, the first run is not a frame, but the features within the handshake.
  bytes conversation(input& in) const;

  bool outbound;
  bool has_password;
  bool is_honest;
  bool knows_first; ///< whether the remote has the first password
  std::uint8_t min_version;
  std::uint8_t max_version;
  std::uint8_t theirs; ///< the remote's only version
};

inline const char* const accepted_passwords[] = {"first", ""};

} // namespace cafmesh::fuzz
