#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/frames/one_time_tag.hpp"
#include <cafmesh/key.hpp>

/// Seals and opens frames (PROTOCOL.md, "Sealed frames").
namespace cafmesh::crypto {

/// The number of bytes that sealing adds at the front of a frame, for its tag.
constexpr std::size_t seal_overhead = 16;

/// Seals or opens the frames that one side sends, in order. A frame is a NaCl
/// secretbox whose nonce holds the direction and the frame's number. The bytes
/// are those of `crypto_secretbox_easy`, but HSalsa20 runs only once, in the
/// constructor, because the first 16 bytes of the nonce never change.
class sealed_stream {
public:
  /// @param sender_outbound whether the side that sends these frames opened the
  ///        TCP connection.
  sealed_stream(const key& session_key, bool sender_outbound);

  /// Seals `head` followed by `body` into `box`.
  /// @param box has room for both and `seal_overhead` more bytes; overlaps
  ///        neither.
  void seal(byte_view head, byte_view body, std::uint8_t* box) noexcept;

  /// Opens a sealed frame of `size` bytes.
  /// @param plain has room for `size - seal_overhead` bytes: either
  ///        `box + seal_overhead`, or memory that does not overlap `box`.
  /// @returns false, with nothing changed, if the frame does not open.
  bool open(const std::uint8_t* box, std::size_t size,
            std::uint8_t* plain) noexcept;

  /// The number of frames sealed or opened so far.
  std::uint64_t sequence() const noexcept {
    return sequence_;
  }

private:
  key subkey_;
  tag_maker tags_;
  std::uint64_t sequence_ = 0;
};

} // namespace cafmesh::crypto
