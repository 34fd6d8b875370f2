#include "bytes.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh {

namespace {

constexpr char digits_of_hex[] = "0123456789abcdef";

// The digit's value, or -1.
int value_of_digit(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

} // namespace

bool operator==(byte_view x, byte_view y) noexcept {
  return std::equal(x.begin(), x.end(), y.begin(), y.end());
}

std::string to_hex(byte_view xs) {
  std::string result;
  result.reserve(xs.size() * 2);
  for (auto x : xs) {
    result += digits_of_hex[x >> 4];
    result += digits_of_hex[x & 0x0f];
  }
  return result;
}

bool from_hex(std::string_view digits, bytes& out) {
  bytes result(digits.size() / 2);
  if (!from_hex(digits, result.data(), result.size()))
    return false;
  out = std::move(result);
  return true;
}

bool from_hex(std::string_view digits, std::uint8_t* out,
              std::size_t size) noexcept {
  if (digits.size() % 2 != 0 || digits.size() / 2 != size)
    return false;
  for (std::size_t i = 0; i < size; ++i) {
    auto high = value_of_digit(digits[2 * i]);
    auto low = value_of_digit(digits[2 * i + 1]);
    if (high < 0 || low < 0)
      return false;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

} // namespace cafmesh
