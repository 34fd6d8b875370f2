#include "host_port.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "../../messages/errc.hpp"
#include "../../messages/quoted.hpp"

namespace cafmesh {

namespace {

// Not from the locale, which must not decide what an address is.
bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')
         || (c >= 'A' && c <= 'F');
}

bool is_allowed(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f && c != '[' && c != ']';
}

bool is_dotted_quad(std::string_view text) {
  for (int parts = 1;; ++parts) {
    std::uint8_t number = 0;
    auto dot = std::min(text.find('.'), text.size());
    auto [end, code] = std::from_chars(text.data(), text.data() + dot, number);
    if (code != std::errc{} || end != text.data() + dot)
      return false;
    if (dot == text.size())
      return parts == 4;
    text.remove_prefix(dot + 1);
  }
}

bool is_ipv6_group(std::string_view text) {
  return !text.empty() && text.size() <= 4
         && std::all_of(text.begin(), text.end(), is_hex_digit);
}

// Without a zone.
bool is_ipv6(std::string_view text) {
  std::size_t groups = 0;
  auto has_gap = text.substr(0, 2) == "::";
  if (has_gap)
    text.remove_prefix(2);
  while (!text.empty()) {
    auto colon = std::min(text.find(':'), text.size());
    auto part = text.substr(0, colon);
    auto is_last = colon == text.size();
    if (is_last && is_dotted_quad(part))
      groups += 2;
    else if (is_ipv6_group(part))
      ++groups;
    else
      return false;
    if (is_last)
      break;
    text.remove_prefix(colon + 1);
    if (text.empty() || (text.front() == ':' && has_gap))
      return false;
    if (text.front() == ':') {
      has_gap = true;
      text.remove_prefix(1);
    }
  }
  return has_gap ? groups < 8 : groups == 8;
}

bool is_host(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_allowed))
    return false;
  return text.find(':') == std::string_view::npos
         || is_ipv6(text.substr(0, text.find('%'))); // behind it: the zone
}

std::optional<std::uint16_t> to_port(std::string_view text) {
  std::uint16_t result = 0;
  auto last = text.data() + text.size();
  auto [end, code] = std::from_chars(text.data(), last, result);
  if (code != std::errc{} || end != last || result == 0)
    return std::nullopt;
  return result;
}

// The host without brackets, and what follows it: nothing, or a colon and the
// rest.
std::pair<std::string_view, std::string_view> split(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    auto end = text.find(']');
    if (end == std::string_view::npos)
      return {};
    return {text.substr(1, end - 1), text.substr(end + 1)};
  }
  auto colon = text.find(':');
  if (colon == std::string_view::npos || colon != text.rfind(':'))
    return {text, {}};
  return {text.substr(0, colon), text.substr(colon)};
}

} // namespace

caf::expected<host_port> host_port::parse(const std::string& text) {
  auto [host, rest] = split(text);
  std::optional<std::uint16_t> port;
  if (rest.empty())
    port = std::uint16_t{0};
  else if (rest.front() == ':')
    port = to_port(rest.substr(1));
  if (!port || !is_host(host))
    return make_error(errc::bad_address,
                      "expected host[:port], got " + quoted(text));
  return host_port{std::string{host}, *port};
}

bool host_port::is_numeric() const {
  // No name has a colon, and `parse` lets nothing but addresses have one.
  return host.find(':') != std::string::npos || is_dotted_quad(host);
}

std::string host_port::str() const {
  auto needs_brackets = host.find(':') != std::string::npos;
  auto result = needs_brackets ? '[' + host + ']' : host;
  if (port != 0)
    result += ':' + std::to_string(port);
  return result;
}

} // namespace cafmesh
