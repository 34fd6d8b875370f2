#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <caf/expected.hpp>

#include <cafmesh/bytes.hpp>
#include <cafmesh/detail/fingerprint.hpp>
#include <cafmesh/peer_name.hpp>

namespace cafmesh {

/// A short description of a replicated value with sorted keys. From an outline,
/// another replica finds the ranges of keys in which its own value differs from
/// the described one.
struct outline {
  enum class kind : std::uint8_t {
    equal = 0,     // this range needs no answer
    described = 1, // the sender gives the count and fingerprint
    wanted = 2,    // the sender asks for the items of this range
  };

  /// Describes one range of keys. The range begins where the range of the
  /// previous part ends; the first range begins with the empty key.
  struct part {
    kind what = kind::equal;
    // The first key after the range; absent if the range includes all later
    // keys.
    std::optional<std::string> end;
    std::uint64_t count = 0;
    fingerprint content;
  };

  peer_name from;
  std::vector<part> parts;
};

constexpr std::size_t max_outline_parts = 256;
constexpr std::size_t max_outline_size = 64 * 1024;
constexpr std::size_t max_outline_key = 4 * 1024;

/// The first byte of an outline. No other message begins with this byte or with
/// 2. The byte 2 marked an earlier format, whose sums could be forged.
constexpr std::uint8_t outline_format = 6;

/// An outline in bytes, with numbers and runs as in gob
/// (messages/wire/gob.hpp):
///
///     version   1 byte, 6
///     from      run, 6 or 16 bytes: the sender, flavour `mac` or `hash`
///     ranges, ascending, up to the end of the message:
///       kind    1 byte: 0 equal, 1 described, 2 wanted; plus 128 if the range
///               includes all later keys
///       end     run, up to 4 KiB: the first key after the range; absent if
///               the range includes all later keys
///       count   number of items, 0 .. 2^63 - 1; only if described
///       content 16 bytes, big endian: what stands for the items together;
///               only if described
///
/// In outlines of values and names, `content` stands for the items' digests of
/// 16 bytes each. Each digest is expanded to 16 numbers of 64 bits, little
/// endian: the first 128 bytes of ChaCha20 with the nonce 0, whose key is the
/// digest followed by 16 zeros. The expanded digests are added up, number by
/// number, modulo 2^64. Each of the 16 sums is written as 8 bytes, big endian.
/// `content` is the BLAKE2b hash of these bytes, with a length of 16 bytes. If
/// there are no items, `content` is zero.
bytes encode(const outline& x);

/// @returns errc::malformed if the input is not an outline, has more than
///          max_outline_parts ranges or exceeds max_outline_size bytes.
caf::expected<outline> decode_outline(byte_view input);

} // namespace cafmesh
