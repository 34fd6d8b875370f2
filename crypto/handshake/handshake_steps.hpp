#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include "messages/wire/frame.hpp"
#include <cafmesh/bytes.hpp>

/// Helpers for the steps of an introduction, in both versions of the protocol.
/// Only `handshake*.cpp` include this file.
namespace cafmesh::crypto::steps {

/// The result of a step that waits for more input.
constexpr std::optional<std::size_t> more_needed;

/// The result of a step that has consumed `size` bytes.
inline std::optional<std::size_t> bytes_consumed(std::size_t size) {
  return size;
}

caf::error only_we_encrypt();
caf::error only_they_encrypt();
caf::error too_long(std::size_t limit);
caf::error wrong_password();
caf::error malformed_input(const char* expected);

/// The frame at the front of `input`; nullopt while it is not complete.
caf::expected<std::optional<wire::frame_scan>>
frame_at_front(wire::framing kind, byte_view input, std::size_t limit);

} // namespace cafmesh::crypto::steps
