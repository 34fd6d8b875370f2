#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// The network interfaces of this machine. The hardware address of an interface
/// can serve as a peer name.
namespace counter {

struct network_card {
  unsigned index = 0; ///< as the system numbers it
  bool is_loopback = false;
  /// False for bridges, tunnels and other virtual interfaces.
  bool has_device = false;
  std::vector<std::uint8_t> address;
};

/// The interfaces of this machine; none if the system does not list them.
std::vector<network_card> network_cards();

/// The default peer name: the hardware address of a card, as text. Empty if no
/// card has an address of six bytes. Physical cards are preferred, because the
/// address of a virtual card may change at each boot. The Go program takes the
/// first card with an address.
std::string default_hardware_address(const std::vector<network_card>& cards);

} // namespace counter
