#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <caf/expected.hpp>

namespace cafmesh {

/// A range of IP addresses, such as `10.0.0.0/8` or `fd00::/8`. A plain value.
class subnet {
public:
  /// @param text a numeric address, `/` and the prefix length in bits, which is
  ///        0 to 32 for IPv4 and 0 to 128 for IPv6.
  /// @returns the subnet, or errc::bad_setting, which quotes the text.
  static caf::expected<subnet> parse(const std::string& text);

  /// @param address numeric, without a port; any other text is in no subnet. An
  ///        IPv4-mapped IPv6 address counts as IPv4. The zone of an IPv6
  ///        address (`fe80::1%eth0`) is ignored.
  bool contains(const std::string& address) const;

  /// The subnet in the usual notation, with zero bits after the prefix.
  std::string str() const;

private:
  std::array<std::uint8_t, 16> network_{}; // IPv4 is mapped into IPv6
  bool is_v4_ = false;
  // The prefix length in bits, in all 16 bytes. At least 96 for IPv4, because a
  // mapped address begins with 96 fixed bits.
  unsigned prefix_ = 0;
};

} // namespace cafmesh
