#pragma once

#include <string>

namespace meshctl {

/// Where meshd serves its API.
struct endpoint {
  bool is_unix = false;
  bool is_tls = false;
  std::string host; ///< or the path of the Unix socket
  std::string port;
};

/// Reads `unix:/path`, `HOST`, `HOST:PORT` or `[ADDRESS]:PORT`. `http://` or
/// `https://` may precede a host. The default port is 6784, or 443 with https.
/// @throws failure of exit_code::usage
endpoint parse_endpoint(const std::string& text);

std::string host_header(const endpoint& x);

/// Whether the traffic uses TLS, a Unix socket or loopback, and so is safe from
/// eavesdroppers.
bool is_private(const endpoint& x);

/// The address in a form that `parse_endpoint` can read.
std::string to_string(const endpoint& x);

} // namespace meshctl
