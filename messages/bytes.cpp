#include <cafmesh/bytes.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace cafmesh {

namespace {

constexpr char digits_of_hex[] = "0123456789abcdef";

constexpr std::uint8_t no_digit = 0xff;

constexpr std::array<std::uint8_t, 256> make_digit_values() noexcept {
  std::array<std::uint8_t, 256> result{};
  for (auto& x : result)
    x = no_digit;
  for (std::uint8_t i = 0; i < 10; ++i)
    result['0' + std::size_t{i}] = i;
  for (std::uint8_t i = 10; i < 16; ++i) {
    result['a' + std::size_t{i} - 10] = i;
    result['A' + std::size_t{i} - 10] = i;
  }
  return result;
}

// Speeds up the parsing of hex digits. Each message carries peer names, and
// names of the flavour `hash` are hex digits.
constexpr auto digit_values = make_digit_values();

std::uint8_t value_of_digit(char c) noexcept {
  return digit_values[static_cast<std::uint8_t>(c)];
}

} // namespace

bool operator==(byte_view x, byte_view y) noexcept {
  return std::equal(x.begin(), x.end(), y.begin(), y.end());
}

std::string to_hex(byte_view xs) {
  std::string result(xs.size() * 2, '0');
  auto out = result.data();
  for (auto x : xs) {
    *out++ = digits_of_hex[x >> 4];
    *out++ = digits_of_hex[x & 0x0f];
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
    if (high == no_digit || low == no_digit)
      return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

} // namespace cafmesh
