#include "actors/core/addresses/host_port.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "actors/core/addresses/ip_address.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh {

namespace {

bool is_allowed(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f && c != '[' && c != ']';
}

bool is_host(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_allowed))
    return false;
  return text.find(':') == std::string_view::npos
         || ip_address::parse(without_zone(text));
}

std::optional<std::uint16_t> to_port(std::string_view text) {
  std::uint16_t result = 0;
  auto last = text.data() + text.size();
  auto [end, code] = std::from_chars(text.data(), last, result);
  if (code != std::errc{} || end != last || result == 0)
    return std::nullopt;
  return result;
}

// Splits the text into the host, without its brackets, and the rest. The caller
// checks both parts. The host is empty if a bracket is not closed.
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
                      "expected host[:port], got " + escaped_in_quotes(text));
  return host_port{std::string{host}, *port};
}

bool host_port::is_numeric() const {
  // `parse` accepts a colon in a host only if the host is an IPv6 address.
  return host.find(':') != std::string::npos || ip_address::parse(host);
}

std::string host_port::str() const {
  auto needs_brackets = host.find(':') != std::string::npos;
  auto result = needs_brackets ? '[' + host + ']' : host;
  if (port != 0)
    result += ':' + std::to_string(port);
  return result;
}

std::optional<ip_address> ip_of(const std::string& text) {
  auto parsed = host_port::parse(text);
  return parsed ? ip_of(*parsed) : std::nullopt;
}

std::optional<ip_address> ip_of(const host_port& x) {
  return ip_address::parse(without_zone(x.host));
}

} // namespace cafmesh
