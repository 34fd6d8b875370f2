#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <cafmesh/bytes.hpp>

/// The encoding of PROTOCOL.md, "Messages between actors". A number is written
/// with seven bits per byte, lowest bits first. A fixed number has eight bytes,
/// big endian. A run is a size and that many bytes.
namespace cafmesh::wire {

/// The maximum size of a number, in bytes.
inline constexpr std::size_t longest_number = 10;

/// Writes a number.
/// @param to has room for `longest_number` bytes
/// @returns the end of what was written
inline std::uint8_t* write_number(std::uint8_t* to, std::uint64_t x) noexcept {
  for (; x >= 0x80; x >>= 7)
    *to++ = static_cast<std::uint8_t>(x | 0x80);
  *to++ = static_cast<std::uint8_t>(x);
  return to;
}

inline void append_number(bytes& out, std::uint64_t x) {
  std::uint8_t number[longest_number];
  out.insert(out.end(), number, write_number(number, x));
}

inline void append_fixed(bytes& out, std::uint64_t x) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(x >> shift));
}

inline void append_all(bytes& out, byte_view x) {
  out.insert(out.end(), x.begin(), x.end());
}

/// A size and that many bytes.
inline void append_run(bytes& out, byte_view x) {
  append_number(out, x.size());
  append_all(out, x);
}

/// Reads values that a remote sent. After a truncated or malformed value,
/// `failed` returns true. This value and all later values read as zero or
/// empty.
class byte_reader {
public:
  explicit byte_reader(byte_view from) : rest_(from) {
  }

  bool failed() const noexcept {
    return failed_;
  }
  bool at_end() const noexcept {
    return rest_.empty();
  }
  byte_view rest() const noexcept {
    return rest_;
  }

  std::uint8_t octet() {
    auto x = take(1);
    return x.empty() ? std::uint8_t{0} : x[0];
  }
  std::uint64_t fixed() {
    std::uint64_t result = 0;
    for (auto x : take(8))
      result = result << 8 | x;
    return result;
  }
  /// Reads a number. Fails if the number exceeds 64 bits, or if its encoding is
  /// longer than necessary.
  std::uint64_t number() {
    if (!rest_.empty() && rest_[0] < 0x80)
      return take(1)[0]; // as most numbers
    std::uint64_t result = 0;
    const auto most = std::min(rest_.size(), longest_number);
    for (std::size_t i = 0; i < most; ++i) {
      auto x = rest_[i];
      auto is_last = x < 0x80;
      if ((i + 1 == longest_number && x > 1) || (is_last && x == 0 && i > 0))
        return fail();
      result |= std::uint64_t{x & 0x7fu} << (7 * i);
      if (is_last) {
        rest_ = rest_.sub(i + 1);
        return result;
      }
    }
    return fail();
  }
  byte_view run() {
    auto size = number();
    return size > rest_.size() ? (fail(), byte_view{}) : take(size);
  }
  byte_view take(std::size_t size) {
    if (size > rest_.size()) {
      fail();
      return {};
    }
    auto result = rest_.sub(0, size);
    rest_ = rest_.sub(size);
    return result;
  }

private:
  std::uint64_t fail() noexcept {
    failed_ = true;
    rest_ = {};
    return 0;
  }

  byte_view rest_;
  bool failed_ = false;
};

} // namespace cafmesh::wire
