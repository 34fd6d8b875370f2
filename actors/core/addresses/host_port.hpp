#pragma once

#include <cstdint>
#include <string>

#include <caf/expected.hpp>

namespace cafmesh {

/// An address of the form `host[:port]`. An IPv6 host with a port is written in
/// brackets; it may have a zone, as in `[fe80::1%eth0]:6783`.
struct host_port {
  std::string host;       ///< without brackets
  std::uint16_t port = 0; ///< 0 if none was given

  /// Reads `host[:port]`.
  /// @returns errc::bad_address, which quotes the text, if there is no host, if
  ///          the port is not a number from 1 to 65535, if a host with a colon
  ///          is not an IPv6 address, or if there are spaces, control
  ///          characters or misplaced brackets.
  static caf::expected<host_port> parse(const std::string& text);
  std::string str() const; ///< with brackets if needed

  /// Whether the host is an IP address, not a name.
  /// @pre `parse` returned this object
  bool is_numeric() const;
};

} // namespace cafmesh
