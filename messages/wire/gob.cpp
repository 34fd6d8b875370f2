#include "messages/wire/gob.hpp"

#include <cstring>

namespace cafmesh::wire {

namespace {

// Encodes a type number in one byte. Bit 0 is the sign.
constexpr std::uint8_t type_byte(gob_type type) noexcept {
  return static_cast<std::uint8_t>(static_cast<int>(type) << 1);
}

// The number of bytes before a value of a builtin type in its message: the
// type's number and a zero.
constexpr std::size_t value_prefix_size = 2;

// Writes the start of a message whose value has `value_size` bytes and begins
// with `number`.
std::uint8_t* write_message_start(std::uint8_t* to, gob_type type,
                                  std::size_t value_size,
                                  std::uint64_t number) noexcept {
  to = write_gob_uint(to, value_prefix_size + value_size);
  *to++ = type_byte(type);
  *to++ = 0;
  return write_gob_uint(to, number);
}

std::uint8_t* write_run_start(std::uint8_t* to, gob_type type,
                              std::size_t size) noexcept {
  return write_message_start(to, type, gob_uint_size(size) + size, size);
}

std::size_t significant_bytes(std::uint64_t x) noexcept {
  return x == 0 ? 0 : 8 - static_cast<std::size_t>(__builtin_clzll(x)) / 8;
}

} // namespace

// -- writing

std::uint8_t* write_long_gob_uint(std::uint8_t* to, std::uint64_t x) noexcept {
  auto count = significant_bytes(x);
  *to++ = static_cast<std::uint8_t>(0x100 - count);
  for (; count > 0; --count)
    *to++ = static_cast<std::uint8_t>(x >> (8 * (count - 1)));
  return to;
}

std::uint8_t* write_gob_int(std::uint8_t* to, std::int64_t x) noexcept {
  auto bits = static_cast<std::uint64_t>(x) << 1;
  return write_gob_uint(to, x < 0 ? ~bits : bits);
}

void append_gob_uint(bytes& out, std::uint64_t x) {
  std::uint8_t number[max_gob_uint_size];
  out.insert(out.end(), number, write_gob_uint(number, x));
}

void append_gob_int(bytes& out, std::int64_t x) {
  std::uint8_t number[max_gob_uint_size];
  out.insert(out.end(), number, write_gob_int(number, x));
}

std::size_t gob_uint_size(std::uint64_t x) noexcept {
  return x < 0x80 ? 1 : 1 + significant_bytes(x);
}

void append_gob_run(bytes& out, byte_view x) {
  append_gob_uint(out, x.size());
  out.insert(out.end(), x.begin(), x.end());
}

std::uint8_t* write_gob_uint_message(std::uint8_t* to,
                                     std::uint64_t x) noexcept {
  return write_message_start(to, gob_type::unsigned_int, gob_uint_size(x), x);
}

std::uint8_t* write_gob_text_message(std::uint8_t* to,
                                     std::string_view x) noexcept {
  to = write_run_start(to, gob_type::text, x.size());
  // Uses memcpy, because compilers do not turn a std::copy from char to
  // std::uint8_t into a memcpy.
  if (!x.empty())
    std::memcpy(to, x.data(), x.size());
  return to + x.size();
}

std::uint8_t* write_gob_bytes_message_header(std::uint8_t* to,
                                             std::size_t size) noexcept {
  return write_run_start(to, gob_type::byte_slice, size);
}

void append_gob_bytes_message_header(bytes& out, std::size_t size) {
  std::uint8_t header[max_gob_message_start];
  out.insert(out.end(), header, write_gob_bytes_message_header(header, size));
}

// -- reading

std::uint64_t gob_cursor::read_long_uint() noexcept {
  auto first = read_raw(1);
  if (first.empty())
    return 0;
  if (first[0] < 0x80)
    return first[0];
  auto count = std::size_t{0x100} - first[0];
  if (count > 8) {
    fail();
    return 0;
  }
  std::uint64_t result = 0;
  for (auto x : read_raw(count))
    result = result << 8 | x;
  return result;
}

std::int64_t gob_cursor::read_int() noexcept {
  auto bits = read_uint();
  auto magnitude = static_cast<std::int64_t>(bits >> 1);
  return (bits & 1) != 0 ? ~magnitude : magnitude;
}

gob_status take_gob_message(byte_view& input, gob_message& out) noexcept {
  if (input.empty())
    return gob_status::end;
  gob_cursor in{input};
  auto size = in.read_uint();
  if (!in.ok()) {
    // A number never starts with a byte from 0x80 to 0xf7, so more bytes would
    // not help.
    auto is_number = input[0] < 0x80 || input[0] >= 0xf8;
    return is_number ? gob_status::incomplete : gob_status::malformed;
  }
  if (size > in.remaining())
    return gob_status::incomplete;
  auto whole = in.read_raw(static_cast<std::size_t>(size));
  gob_cursor inside{whole};
  auto type = inside.read_int();
  if (!inside.ok() || type == 0)
    return gob_status::malformed;
  out.type = type;
  out.body = whole.sub(inside.position());
  input = input.sub(in.position());
  return gob_status::complete;
}

gob_cursor take_gob_value(byte_view& input, gob_type expected) noexcept {
  // The fast path for nearly all values: short values of the expected type
  // without definitions before them.
  if (input.size() > value_prefix_size && input[0] >= value_prefix_size
      && input[0] < 0x80 && input[0] < input.size()
      && input[1] == type_byte(expected) && input[2] == 0) {
    gob_cursor quick{
      input.sub(1 + value_prefix_size, input[0] - value_prefix_size)};
    input = input.sub(std::size_t{1} + input[0]);
    return quick;
  }
  gob_message message;
  gob_cursor failed{byte_view{}};
  failed.fail();
  do {
    if (take_gob_message(input, message) != gob_status::complete)
      return failed;
  } while (message.type < 0);
  gob_cursor result{message.body};
  if (message.type != static_cast<std::int64_t>(expected)
      || result.read_uint() != 0)
    return failed;
  return result;
}

} // namespace cafmesh::wire
