#pragma once

#include <cstddef>
#include <cstdint>

#include <cafmesh/bytes.hpp>

/// The frames that delimit the messages on a connection (PROTOCOL.md,
/// "Frames").
namespace cafmesh::wire {

enum class framing : std::uint8_t {
  /// Protocol version 1: each message is a gob `[]byte` value.
  gob,
  /// Protocol version 2: a uint32 length, big endian, then that many bytes.
  length_prefix,
};

/// The protocol's limit on the content of a frame, sealed or not, in bytes.
constexpr std::size_t max_frame_size = 10 * 1024 * 1024;

enum class frame_status : std::uint8_t {
  complete,
  /// More bytes are needed; nothing was consumed.
  incomplete,
  /// The frame announces more bytes than the limit allows. Reported before they
  /// arrive.
  too_large,
  /// The bytes cannot be the start of a frame.
  malformed,
};

struct frame_scan {
  frame_status status = frame_status::incomplete;
  /// The number of bytes from the start of the input to the end of this frame,
  /// including gob type definitions before the frame.
  std::size_t consumed = 0;
  /// The content of the frame, a view into the input.
  byte_view content;
  /// The total size of an incomplete frame in bytes, including definitions
  /// before it; 0 if unknown.
  std::size_t needed = 0;
};

/// Looks for one frame at the start of `input`.
frame_scan scan_frame(framing kind, byte_view input,
                      std::size_t limit) noexcept;

/// The maximum size in bytes of what precedes the content of a frame.
constexpr std::size_t max_frame_header = 20;

/// Writes what precedes the content of a frame.
/// @param to has room for `max_frame_header` bytes
/// @returns the end of what was written
std::uint8_t* write_frame_header(framing kind, std::size_t content_size,
                                 std::uint8_t* to) noexcept;
void append_frame_header(framing kind, std::size_t content_size, bytes& out);

} // namespace cafmesh::wire
