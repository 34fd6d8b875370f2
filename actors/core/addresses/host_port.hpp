#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <caf/expected.hpp>

#include "actors/core/addresses/ip_address.hpp"

namespace cafmesh {

/// An address of the form `host[:port]`. An IPv6 host with a port is written in
/// brackets; it may have a zone, as in `[fe80::1%eth0]:6783`.
struct host_port {
  std::string host;       ///< without brackets
  std::uint16_t port = 0; ///< 0 if none was given

  /// Reads `host[:port]`, with a port from 1 to 65535. A host that contains a
  /// colon must be an IPv6 address. Spaces, control characters and misplaced
  /// brackets are not allowed.
  /// @returns errc::bad_address, which quotes the text, for any other text.
  static caf::expected<host_port> parse(const std::string& text);
  std::string str() const; ///< with brackets if needed

  /// Whether the host is an IP address, not a name.
  /// @pre `parse` returned this object
  bool is_numeric() const;
};

/// The IP address in `host[:port]`, without its zone; nullopt if the text is
/// not valid or the host is a name.
std::optional<ip_address> ip_of(const std::string& text);
std::optional<ip_address> ip_of(const host_port& x);

} // namespace cafmesh
