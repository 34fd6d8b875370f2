#include "actors/core/addresses/ip_address.hpp"

#include <algorithm>

#include <arpa/inet.h>

namespace cafmesh {

namespace {

constexpr ip_address::raw_bytes v4_mapped = {0, 0, 0, 0, 0,    0,
                                             0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t v4_start = ip_address::v4_prefix / 8;

} // namespace

std::optional<ip_address> ip_address::parse(std::string_view text) {
  const std::string terminated{text};
  // `inet_pton` would stop reading at a null byte.
  if (terminated.find('\0') != std::string::npos)
    return std::nullopt;
  auto raw = v4_mapped;
  if (inet_pton(AF_INET, terminated.c_str(), raw.data() + v4_start) == 1
      || inet_pton(AF_INET6, terminated.c_str(), raw.data()) == 1)
    return ip_address{raw};
  return std::nullopt;
}

bool ip_address::is_v4() const noexcept {
  return std::equal(v4_mapped.begin(), v4_mapped.begin() + v4_start,
                    bytes_.begin());
}

bool ip_address::is_unspecified() const noexcept {
  auto first = bytes_.begin() + (is_v4() ? v4_start : 0);
  return std::all_of(first, bytes_.end(), [](auto x) { return x == 0; });
}

bool ip_address::is_loopback() const noexcept {
  if (is_v4())
    return bytes_[v4_start] == 127;
  raw_bytes v6{};
  v6.back() = 1;
  return bytes_ == v6;
}

std::string_view without_zone(std::string_view text) noexcept {
  const auto mark = text.find('%');
  const auto colon = text.rfind(':');
  const auto is_zone = mark != std::string_view::npos
                       && colon != std::string_view::npos && colon < mark
                       && mark + 1 < text.size();
  return is_zone ? text.substr(0, mark) : text;
}

std::string ip_address::str() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (is_v4())
    inet_ntop(AF_INET, bytes_.data() + v4_start, text, sizeof(text));
  else
    inet_ntop(AF_INET6, bytes_.data(), text, sizeof(text));
  return text;
}

ip_address ip_address::network(unsigned prefix) const noexcept {
  auto result = bytes_;
  for (auto bit = prefix; bit < result.size() * 8; ++bit)
    result[bit / 8] =
      static_cast<std::uint8_t>(result[bit / 8] & ~(0x80u >> (bit % 8)));
  return ip_address{result};
}

} // namespace cafmesh
