#pragma once

#include <cstddef>
#include <cstdint>

#include "../messages/bytes.hpp"

/// The tags of sealed frames: Poly1305 (protocol section 3).
namespace cafmesh::crypto {

constexpr std::size_t tag_size = 16;
/// Of a key that is good for one text: two tags under the same one give it away.
constexpr std::size_t tag_key_size = 32;

/// Writes the `tag_size` bytes of `text`'s tag under a key of `tag_key_size`.
/// Overwrites what it kept of the key.
void make_tag(byte_view text, const std::uint8_t* key,
              std::uint8_t* tag) noexcept;

/// Compares in a time that says nothing of where two tags differ.
bool has_tag(byte_view text, const std::uint8_t* key,
             const std::uint8_t* tag) noexcept;

} // namespace cafmesh::crypto
