#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <cafmesh/bytes.hpp>

/// The part of Go's gob encoding that the mesh speaks. A gob stream is a
/// sequence of messages. Each consists of a length, a type number, and either
/// the definition of a type or a value. An unsigned number up to 127 is one
/// byte. A larger one is the negated count of its bytes, and then those bytes,
/// big endian. A signed number x is encoded as the unsigned number 2x, or ~(2x)
/// if x is negative.
namespace cafmesh::wire {

/// The numbers of gob's builtin types.
enum class gob_type : std::int64_t {
  boolean = 1,
  signed_int = 2,
  unsigned_int = 3,
  floating = 4,
  byte_slice = 5,
  text = 6,
  complex_number = 7,
  interface = 8,
};

/// The lowest number that a type defined in a stream may have.
constexpr std::int64_t first_defined_gob_type = 64;

// -- writing

/// The maximum size of a number, in bytes.
constexpr std::size_t max_gob_uint_size = 9;

// The `write_…` functions require that the memory at `to` has room for the
// result. They return the end of what they wrote.

std::uint8_t* write_long_gob_uint(std::uint8_t* to,
                                  std::uint64_t x) noexcept; ///< @pre x >= 128
/// Writes a number.
/// @pre `to` has room for `max_gob_uint_size` bytes
inline std::uint8_t* write_gob_uint(std::uint8_t* to,
                                    std::uint64_t x) noexcept {
  if (x >= 0x80)
    return write_long_gob_uint(to, x);
  *to = static_cast<std::uint8_t>(x);
  return to + 1;
}
std::uint8_t* write_gob_int(std::uint8_t* to, std::int64_t x) noexcept;
void append_gob_uint(bytes& out, std::uint64_t x);
void append_gob_int(bytes& out, std::int64_t x);
std::size_t gob_uint_size(std::uint64_t x) noexcept;
/// Appends a string or `[]byte` value: its length, then its bytes.
void append_gob_run(bytes& out, byte_view x);

/// The maximum size in bytes of a message without its string or `[]byte`.
constexpr std::size_t max_gob_message_start = 2 * max_gob_uint_size + 2;

/// Writes a whole message that has one value of a builtin type.
std::uint8_t* write_gob_uint_message(std::uint8_t* to,
                                     std::uint64_t x) noexcept;
std::uint8_t* write_gob_text_message(std::uint8_t* to,
                                     std::string_view x) noexcept;
/// Writes a message up to its `[]byte`; the caller appends those `size` bytes.
std::uint8_t* write_gob_bytes_message_header(std::uint8_t* to,
                                             std::size_t size) noexcept;

void append_gob_bytes_message_header(bytes& out, std::size_t size);

// -- reading

/// Reads the numbers and byte strings inside a message, without copying. After
/// the first failure every read fails and `ok()` stays false, so callers may
/// test once at the end. Never reads past its view and never allocates.
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
  std::size_t remaining() const noexcept {
    return input_.size() - pos_;
  }

  std::uint64_t read_uint() noexcept {
    if (ok_ && pos_ < input_.size() && input_[pos_] < 0x80)
      return input_[pos_++];
    return read_long_uint();
  }
  std::int64_t read_int() noexcept;
  /// Reads a length and that many bytes.
  byte_view read_run() noexcept {
    auto size = read_uint();
    if (size > remaining())
      fail();
    return read_raw(static_cast<std::size_t>(size));
  }
  byte_view read_raw(std::size_t size) noexcept {
    if (!ok_ || size > remaining()) {
      fail();
      return {};
    }
    auto result = input_.sub(pos_, size);
    pos_ += size;
    return result;
  }
  bool fail() noexcept {
    ok_ = false;
    return false;
  }

private:
  std::uint64_t read_long_uint() noexcept;

  byte_view input_;
  std::size_t pos_ = 0;
  bool ok_ = true;
};

/// Iterates over the fields of a struct value. Each field starts with its
/// distance from the previous field. A field that is absent is zero. A distance
/// of 0 marks the end.
///
///     gob_fields fields{in, count};
///     while (fields.next())
///       …read or skip field number fields.index()…
///     if (!in.ok()) …
class gob_fields {
public:
  gob_fields(gob_cursor& in, std::size_t count) noexcept
      : in_(in), count_(count) {
  }

  /// Moves to the next field. Returns false at the end. Also returns false, and
  /// makes the cursor fail, for a field that the type does not have.
  bool next() noexcept {
    auto distance = in_.read_uint();
    if (distance == 0)
      return false;
    if (distance > count_ - passed_)
      return in_.fail();
    passed_ += static_cast<std::size_t>(distance);
    return true;
  }
  std::size_t index() const noexcept {
    return passed_ - 1;
  }

private:
  gob_cursor& in_;
  std::size_t count_;
  std::size_t passed_ = 0;
};

enum class gob_status : std::uint8_t {
  complete,
  /// The input is empty.
  end,
  incomplete,
  malformed,
};

/// One message of a stream; `body` is a view into the stream.
struct gob_message {
  /// If positive, the type of the value in `body`. If negative, `body` defines
  /// a type, and this is the negated number of that type.
  std::int64_t type = 0;
  byte_view body;
};

/// Takes one message off the front of `input`, which changes only if the result
/// is `complete`.
gob_status take_gob_message(byte_view& input, gob_message& out) noexcept;

/// Takes one value of a builtin type off the front of `input`, and skips
/// definitions before it.
/// @returns a cursor at the value inside its message; a failed cursor if
///          `input` does not start with such a value.
gob_cursor take_gob_value(byte_view& input, gob_type expected) noexcept;

} // namespace cafmesh::wire
