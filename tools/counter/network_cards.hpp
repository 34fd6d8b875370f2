#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace counter {

/// A network interface and its hardware address.
struct network_card {
  unsigned index = 0; ///< the system's number of it
  bool is_loopback = false;
  /// Whether a device is behind it, rather than a bridge or a tunnel.
  bool has_device = false;
  std::vector<std::uint8_t> address;
};

/// This machine's interfaces; none if the system does not say.
std::vector<network_card> network_cards();

/// The address that serves as the default peer name, as text; empty if no card
/// has one of six bytes. The Go program takes the first card with an address.
/// Cards with a device precede others, because virtual ones may have another
/// address after each boot.
std::string default_hardware_address(const std::vector<network_card>& cards);

} // namespace counter
