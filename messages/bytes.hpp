#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Bytes, views of bytes, and their text form in hex digits.
namespace cafmesh {

using bytes = std::vector<std::uint8_t>;

/// A read-only view of bytes that another object owns. Valid until the owner
/// moves the bytes or is destroyed.
class byte_view {
public:
  constexpr byte_view() noexcept = default;
  constexpr byte_view(const std::uint8_t* data, std::size_t size) noexcept
      : data_(data), size_(size) {
  }
  byte_view(const bytes& xs) noexcept : byte_view(xs.data(), xs.size()) {
  }
  explicit byte_view(std::string_view xs) noexcept
      : byte_view(reinterpret_cast<const std::uint8_t*>(xs.data()), xs.size()) {
  }

  constexpr const std::uint8_t* data() const noexcept {
    return data_;
  }
  constexpr std::size_t size() const noexcept {
    return size_;
  }
  constexpr bool empty() const noexcept {
    return size_ == 0;
  }
  constexpr const std::uint8_t* begin() const noexcept {
    return data_;
  }
  constexpr const std::uint8_t* end() const noexcept {
    return data_ + size_;
  }
  constexpr std::uint8_t operator[](std::size_t pos) const noexcept {
    return data_[pos];
  }

  /// A view of a part of the bytes.
  /// @pre `offset <= size()`
  /// @param count if it is too large, the view ends with the last byte
  constexpr byte_view sub(std::size_t offset,
                          std::size_t count = SIZE_MAX) const noexcept {
    auto rest = size_ - offset;
    return {data_ + offset, count < rest ? count : rest};
  }

  std::string_view as_text() const noexcept {
    return {reinterpret_cast<const char*>(data_), size_};
  }
  bytes to_bytes() const {
    return bytes(begin(), end());
  }

private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

bool operator==(byte_view x, byte_view y) noexcept;

inline bool operator!=(byte_view x, byte_view y) noexcept {
  return !(x == y);
}

/// Lower-case hex digits, two per byte.
std::string to_hex(byte_view xs);

/// Reads hex digits of either case. Returns false and leaves `out` unchanged if
/// the number of digits is odd or any character is not a hex digit.
bool from_hex(std::string_view digits, bytes& out);

/// Reads `2 * size` hex digits into `size` bytes, without allocating. If
/// `digits` is any other text, returns false, and the bytes at `out` are
/// unspecified.
/// @pre `out` has room for `size` bytes
bool from_hex(std::string_view digits, std::uint8_t* out,
              std::size_t size) noexcept;

} // namespace cafmesh
