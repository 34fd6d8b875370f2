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

/// Reads `HOST`, `HOST:PORT`, `[ADDRESS]:PORT`, either with `http://` or
/// `https://` before it, or `unix:/path`. The default port is 6784, and 443
/// with https.
/// @throws failure of exit_code::usage
endpoint parse_endpoint(const std::string& text);

/// The value of the header `Host`.
std::string host_header(const endpoint& x);

/// Whether nobody else can read the traffic: TLS, a Unix socket or loopback.
bool is_private(const endpoint& x);

/// The endpoint, for messages.
std::string to_string(const endpoint& x);

} // namespace meshctl
