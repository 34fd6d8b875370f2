#pragma once

#include <cstdint>
#include <string>

#include <caf/expected.hpp>

namespace cafmesh {

/// Takes `host[:port]` apart; an IPv6 host stands in brackets where a port
/// follows. Port 0 of the result: none was given.
/// @returns errc::bad_address that quotes the text: no host, a port that is no
///          number from 1 to 65535, more than one colon outside of brackets in
///          what is no IPv6 address, spaces or control characters.
struct host_port {
  std::string host; ///< without brackets
  std::uint16_t port = 0;

  static caf::expected<host_port> parse(const std::string& text);
  std::string str() const; ///< with brackets where the host needs them

  /// Whether the host is an IP address and not a name. @pre it was parsed
  bool is_numeric() const;
};

} // namespace cafmesh
