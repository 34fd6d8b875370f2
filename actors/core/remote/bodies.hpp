#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include <cafmesh/bytes.hpp>

/// The contents of the frames that the actor layers of two peers exchange.
/// See PROTOCOL.md, "Messages between actors".
namespace cafmesh::remote {

/// The node ID of an actor system: the process ID, big endian, then the host ID
/// of 20 bytes.
using node_key = std::array<std::uint8_t, 24>;

/// Where an actor lives, as seen by the peer that sends the frame.
enum class place : std::uint8_t { nobody, sender, receiver, elsewhere };

struct actor_ref {
  place where = place::nobody;
  node_key node{}; ///< only if it lives elsewhere
  std::uint64_t id = 0;
};

enum class body_kind : std::uint8_t {
  // data frames
  message = 1,
  exit = 2, ///< an exit message that was sent without a link
  // control frames
  watch = 16, ///< asks to be told when the receiver's `actor` ends
  unwatch = 17,
  down = 18, ///< the sender's `actor` has ended; the content says why
  link = 19, ///< the sender's `other` is linked to `actor`
  unlink = 20,
  lease = 21,        ///< the sender holds a handle of `actor`
  release = 22,      ///< the sender gave up one handle
  credit = 23,       ///< `actor` has processed data frames that cost `other`
  large_credit = 24, ///< the same for fragments
  answer_lost = 25,  ///< the answer to the request `other` was lost
};

struct body {
  body_kind kind = body_kind::message;
  std::uint64_t actor = 0;
  std::uint64_t other = 0;       ///< of a message: request number and flags
  actor_ref from;                ///< the sender of a data frame
  std::vector<actor_ref> stages; ///< CAF's stages of a message
  byte_view content; ///< the message; for `exit` and `down`, the reason
};

constexpr std::size_t max_stages = 16;

/// A body is at most this number of bytes larger than its content.
constexpr std::size_t max_body_head = 1024;

/// Appends a body, without its content, to `out`. The caller appends the
/// content.
void append_body(bytes& out, const body& x);

/// @returns nullopt if the bytes are malformed. The content of the body is a
///          view of the bytes.
std::optional<body> read_body(byte_view from);

} // namespace cafmesh::remote
