#pragma once

#include <cstdint>
#include <string_view>

#include <cafmesh/bytes.hpp>
#include <cafmesh/peer_name.hpp>

/// The messages inside frames (PROTOCOL.md, "Messages"): a tag byte, and
/// often a gob stream of channel, source, destination (in unicasts) and data.
namespace cafmesh::wire {

/// The first byte of a message, the same in both protocol versions.
enum class message_tag : std::uint8_t {
  heartbeat = 0,
  overlay_1 = 1,
  overlay_2 = 2,
  overlay_3 = 3,
  gossip = 4,
  unicast = 5,
  broadcast = 6,
  overlay_control = 7,
  hold = 8,
};

/// A decoded gossip, unicast or broadcast message. `channel` and `data` are
/// views into the message's bytes. Links remember the fields of the head, so a
/// new field also belongs in `envelope_reader` and `latest_head`.
struct envelope {
  std::string_view channel;
  peer_name source;
  /// Only set in a unicast; the unknown peer otherwise.
  peer_name destination;
  byte_view data;
};

/// Reads what follows the tag byte. Allocates nothing.
/// @param tag one of gossip, unicast, broadcast.
/// @returns false, with `out` unspecified, if `payload` does not decode or has
///          bytes after the data.
bool read_envelope(message_tag tag, byte_view payload, name_flavour flavour,
                   envelope& out) noexcept;

/// Size in bytes of the tag byte and the payload. `destination` is used only
/// for a unicast.
std::size_t message_size(message_tag tag, std::string_view channel,
                         peer_name source, peer_name destination,
                         std::size_t data_size) noexcept;

/// Appends the tag byte and the part of the payload that precedes the data. The
/// caller must then append `data_size` bytes of data. `destination` is used
/// only for a unicast.
void append_message_head(message_tag tag, std::string_view channel,
                         peer_name source, peer_name destination,
                         std::size_t data_size, bytes& out);

} // namespace cafmesh::wire
