#pragma once

#include <cstdint>
#include <string_view>

#include "messages/wire/envelope.hpp"
#include "messages/wire/gob.hpp"
#include <cafmesh/bytes.hpp>

/// Functions that append whole messages to bytes. The library itself writes
/// into memory that the caller provides, or writes only the head of a message.
namespace cafmesh::test {

// -- top-level gob values

inline void append_gob_uint_message(bytes& out, std::uint64_t x) {
  std::uint8_t message[wire::max_gob_message_start];
  out.insert(out.end(), message, wire::write_gob_uint_message(message, x));
}

inline void append_gob_text_message(bytes& out, std::string_view x) {
  bytes message(wire::max_gob_message_start + x.size());
  auto end = wire::write_gob_text_message(message.data(), x);
  out.insert(out.end(), message.data(), end);
}

inline void append_gob_bytes_message(bytes& out, byte_view x) {
  wire::append_gob_bytes_message_header(out, x.size());
  out.insert(out.end(), x.begin(), x.end());
}

// -- messages in frames

/// Appends a message: tag byte and payload. `destination` is used only for a
/// unicast.
inline void append_message(wire::message_tag tag, std::string_view channel,
                           peer_name source, peer_name destination,
                           byte_view data, bytes& out) {
  wire::append_message_head(tag, channel, source, destination, data.size(),
                            out);
  out.insert(out.end(), data.begin(), data.end());
}

} // namespace cafmesh::test
