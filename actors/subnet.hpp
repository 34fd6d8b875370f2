#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <caf/expected.hpp>

namespace cafmesh {

/// A range of IP addresses, `10.0.0.0/8` or `fd00::/8`.
class subnet {
public:
  /// @returns errc::bad_setting that quotes the text: no address, no prefix
  ///          length within the address's size.
  static caf::expected<subnet> parse(const std::string& text);

  /// @param address numeric, without port; anything else is in no subnet.
  ///        IPv4 addresses in IPv6 clothing count as IPv4.
  bool contains(const std::string& address) const;

  /// As the network is usually written: bits behind the prefix are zero.
  std::string str() const;

private:
  std::array<std::uint8_t, 16> network_{}; // IPv4 as mapped into IPv6
  bool is_v4_ = false;
  unsigned prefix_ = 0; // bits of the 16 bytes
};

} // namespace cafmesh
