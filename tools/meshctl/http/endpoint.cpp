#include "tools/meshctl/http/endpoint.hpp"

#include <arpa/inet.h>

#include "tools/meshctl/failure.hpp"

namespace meshctl {

namespace {

constexpr char unix_prefix[] = "unix:";

bool take_prefix(std::string& text, const std::string& prefix) {
  if (text.compare(0, prefix.size(), prefix) != 0)
    return false;
  text.erase(0, prefix.size());
  return true;
}

failure bad_address(const std::string& text) {
  return failure{exit_code::usage, "bad address: " + text,
                 "An address is HOST:PORT, [IPV6]:PORT, https://HOST or "
                 "unix:/path."};
}

bool is_port(const std::string& x) {
  return !x.empty() && x.size() <= 5
         && x.find_first_not_of("0123456789") == x.npos && std::stoul(x) > 0
         && std::stoul(x) <= 65535;
}

bool is_host(const std::string& x) {
  return !x.empty() && x.find_first_of("/?#@ \t\r\n") == x.npos;
}

// Only `localhost` and numeric addresses can count as loopback. A name such as
// `127.evil.example` may belong to any host.
bool is_loopback(const std::string& host) {
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) == 1)
    return ntohl(address.s_addr) >> 24 == 127;
  return host == "localhost" || host == "::1";
}

std::string bracketed(const std::string& host) {
  return host.find(':') != host.npos ? "[" + host + "]" : host;
}

// Divides the text at the colon before the port. An IPv6 address has several
// colons, and must be in brackets if a port follows.
void split(const std::string& text, endpoint& to) {
  auto bracket = text.find(']');
  if (text[0] == '[' && bracket != text.npos) {
    to.host = text.substr(1, bracket - 1);
    if (bracket + 1 < text.size())
      to.port = text[bracket + 1] == ':' ? text.substr(bracket + 2) : "bad";
    return;
  }
  auto colon = text.find(':');
  if (colon != text.npos && text.find(':', colon + 1) == text.npos) {
    to.port = text.substr(colon + 1);
    if (to.port.empty())
      to.port = "bad";
    to.host = text.substr(0, colon);
  } else {
    to.host = text;
  }
}

} // namespace

endpoint parse_endpoint(const std::string& text) {
  endpoint result;
  auto rest = text;
  if (take_prefix(rest, unix_prefix)) {
    if (rest.empty())
      throw bad_address(text);
    result.is_unix = true;
    result.host = rest;
    return result;
  }
  result.is_tls = take_prefix(rest, "https://");
  if (!result.is_tls)
    take_prefix(rest, "http://");
  if (!rest.empty() && rest.back() == '/')
    rest.pop_back();
  if (rest.empty())
    throw bad_address(text);
  split(rest, result);
  if (result.port.empty())
    result.port = result.is_tls ? "443" : "6784";
  if (!is_host(result.host) || !is_port(result.port))
    throw bad_address(text);
  return result;
}

std::string host_header(const endpoint& x) {
  if (x.is_unix)
    return "localhost";
  auto result = bracketed(x.host);
  auto is_default = x.port == (x.is_tls ? "443" : "80");
  return is_default ? result : result + ":" + x.port;
}

bool is_private(const endpoint& x) {
  return x.is_unix || x.is_tls || is_loopback(x.host);
}

std::string to_string(const endpoint& x) {
  if (x.is_unix)
    return unix_prefix + x.host;
  return x.is_tls ? "https://" + host_header(x)
                  : bracketed(x.host) + ":" + x.port;
}

} // namespace meshctl
