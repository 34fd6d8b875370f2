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

bool is_host(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_allowed))
    return false;
  if (text.find(':') == std::string_view::npos)
    return true;
  auto address = text.substr(0, text.find('%')); // behind it: the zone
  return std::all_of(address.begin(), address.end(), [](char c) {
    return is_hex_digit(c) || c == ':' || c == '.';
  });
}

std::optional<std::uint16_t> to_port(std::string_view text) {
  std::uint16_t result = 0;
  auto last = text.data() + text.size();
  auto [end, code] = std::from_chars(text.data(), last, result);
  if (code != std::errc{} || end != last || result == 0)
    return std::nullopt;
  return result;
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
