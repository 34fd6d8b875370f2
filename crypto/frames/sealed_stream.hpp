#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/frames/one_time_tag.hpp"
#include <cafmesh/key.hpp>

/// Sealed frames (PROTOCOL.md, "Sealed frames").
namespace cafmesh::crypto {

/// What sealing adds to a frame: the tag, in front.
constexpr std::size_t seal_overhead = 16;

/// Seals or opens the frames of one direction, in order: NaCl secretbox under
/// a nonce made of direction and sequence number. The first 16 bytes of the
/// nonce never change, so the HSalsa20 step is done once, at construction: the
/// same bytes as `crypto_secretbox_easy`, about 100 ns a frame less.
class sealed_stream {
public:
  /// @param sender_outbound whether the *sender* of this direction opened the
  ///        TCP connection.
  sealed_stream(const key& session_key, bool sender_outbound);

  /// Seals in place: `box` is `seal_overhead` bytes of room, then the plain
  /// text; all of it is the sealed frame afterwards.
  /// @pre `size >= seal_overhead`
  void seal_in_place(std::uint8_t* box, std::size_t size) noexcept;

  /// Seals the text that is `head` and then `body` into `box`, which has room
  /// for both and `seal_overhead`, and overlaps neither.
  void seal(byte_view head, byte_view body, std::uint8_t* box) noexcept;

  /// Opens a sealed frame of `size` bytes into `plain`, which has room for
  /// `size - seal_overhead` bytes: `box + seal_overhead`, or apart.
  /// @returns false, writing nothing and keeping its sequence number, for a
  ///          frame that does not open.
  bool open(const std::uint8_t* box, std::size_t size,
            std::uint8_t* plain) noexcept;

  /// Frames sealed or opened so far.
  std::uint64_t sequence() const noexcept {
    return sequence_;
  }

private:
  key subkey_;
  tag_maker tags_;
  std::uint64_t sequence_ = 0;
};

} // namespace cafmesh::crypto
