#include "tools/meshctl/text/encodings.hpp"

#include <cctype>
#include <cstdint>

namespace meshctl {

namespace {

constexpr std::string_view digits64 =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_plain(char x) {
  constexpr std::string_view marks = "-._~";
  return (x >= '0' && x <= '9') || (x >= 'a' && x <= 'z')
         || (x >= 'A' && x <= 'Z') || marks.find(x) != marks.npos;
}

} // namespace

std::string percent_encoded(std::string_view text, std::string_view kept) {
  constexpr char hex[] = "0123456789ABCDEF";
  std::string result;
  for (auto x : text) {
    auto byte = static_cast<unsigned char>(x);
    if (is_plain(x) || kept.find(x) != kept.npos)
      result += x;
    else
      result += {'%', hex[byte >> 4], hex[byte & 15]};
  }
  return result;
}

std::string to_base64(std::string_view bytes) {
  std::string result;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8
              | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k])
                                      : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      result +=
        i + k > bytes.size() ? '=' : digits64[group >> (18 - 6 * k) & 63];
  }
  return result;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && !text.empty() && text.back() == '=') {
    text.remove_suffix(1);
    ++padding;
  }
  std::string result;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (auto x : text) {
    auto value = digits64.find(x);
    if (value == digits64.npos)
      return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xFFFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      result += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return result;
}

} // namespace meshctl
