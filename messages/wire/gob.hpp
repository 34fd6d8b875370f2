#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "../bytes.hpp"

/// The part of Go's gob encoding that the mesh speaks. A gob stream is a
/// sequence of messages; each is a length, a type number and either a type's
/// definition or a value. Numbers are unsigned (one byte up to 127, else the
/// negated byte count and the bytes, big endian) or signed (zigzag with the
/// sign in bit 0, complemented).
namespace cafmesh::wire {

/// Type numbers that gob fixes.
enum class gob_type : std::int64_t {
  boolean = 1,
  signed_int = 2,
  unsigned_int = 3,
  floating = 4,
  byte_slice = 5,
  text = 6,
  complex_number = 7,
};

// -- writing ------------------------------------------------------------------

void append_gob_uint(bytes& out, std::uint64_t x);
void append_gob_int(bytes& out, std::int64_t x);
std::size_t gob_uint_size(std::uint64_t x) noexcept;
/// A length and the bytes: the inside of a string or `[]byte` value.
void append_gob_run(bytes& out, byte_view x);

/// Whole messages, each a top-level value of a builtin type.
void append_gob_uint_message(bytes& out, std::uint64_t x);
void append_gob_text_message(bytes& out, std::string_view x);
void append_gob_bytes_message(bytes& out, byte_view x);

/// How many bytes `append_gob_bytes_message` puts before a value of `size`
/// bytes.
std::size_t gob_bytes_message_header_size(std::size_t size) noexcept;
void append_gob_bytes_message_header(bytes& out, std::size_t size);

// -- reading ------------------------------------------------------------------

/// Reads the raw numbers and runs inside of a message, without copying. After
/// the first failure every read fails and `ok()` stays false, so that callers
/// may test once at the end. Never reads past its view and never allocates.
class gob_cursor {
public:
  explicit gob_cursor(byte_view input) noexcept : input_(input) {
  }

  bool ok() const noexcept {
    return ok_;
  }
  bool at_end() const noexcept {
    return pos_ == input_.size();
  }
  std::size_t position() const noexcept {
    return pos_;
  }

  std::uint64_t read_uint() noexcept;
  std::int64_t read_int() noexcept;
  /// A length and that many bytes.
  byte_view read_run() noexcept;
  byte_view read_raw(std::size_t size) noexcept;
  bool fail() noexcept {
    ok_ = false;
    return false;
  }

private:
  byte_view input_;
  std::size_t pos_ = 0;
  bool ok_ = true;
};

} // namespace cafmesh::wire
