#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// The network interfaces of this machine, whose addresses can be peer names.
namespace counter {

/// A network interface and its hardware address.
struct network_card {
  unsigned index = 0; ///< the system's number of the interface
  bool is_loopback = false;
  /// Whether the interface belongs to a device, rather than to a bridge or a
  /// tunnel.
  bool has_device = false;
  std::vector<std::uint8_t> address;
};

/// The interfaces of this machine; none if the system does not list them.
std::vector<network_card> network_cards();

/// The default peer name, as text: the hardware address of a card; empty if no
/// card has an address of six bytes. Cards with a device precede others,
/// because virtual cards may have another address after each boot. The Go
/// program takes the first card with an address.
std::string default_hardware_address(const std::vector<network_card>& cards);

} // namespace counter
