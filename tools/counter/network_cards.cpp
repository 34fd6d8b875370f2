#include "tools/counter/network_cards.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include <cafmesh/bytes.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

namespace counter {

namespace {

// The size in bytes of a hardware address that can be a peer name. Some kinds
// of cards have longer addresses. Those of InfiniBand have 20 bytes.
constexpr std::size_t name_size = 6;

bool can_be_name(const network_card& x) {
  return !x.is_loopback && x.address.size() == name_size
         && std::any_of(x.address.begin(), x.address.end(),
                        [](std::uint8_t byte) { return byte != 0; });
}

network_card card_of(const ifaddrs& x) {
  sockaddr_ll link{};
  std::memcpy(&link, x.ifa_addr, sizeof(link));
  network_card result;
  result.index = static_cast<unsigned>(link.sll_ifindex);
  result.is_loopback = (x.ifa_flags & IFF_LOOPBACK) != 0;
  const auto device = std::string{"/sys/class/net/"} + x.ifa_name + "/device";
  result.has_device = ::access(device.c_str(), F_OK) == 0;
  // `sll_addr` has only the first 8 bytes of a longer address.
  const auto size = std::size_t{link.sll_halen};
  result.address.assign(link.sll_addr,
                        link.sll_addr + std::min(size, sizeof(link.sll_addr)));
  result.address.resize(size);
  return result;
}

} // namespace

std::vector<network_card> network_cards() {
  std::vector<network_card> result;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0)
    return result;
  for (const auto* x = all; x != nullptr; x = x->ifa_next)
    if (x->ifa_addr != nullptr && x->ifa_addr->sa_family == AF_PACKET)
      result.push_back(card_of(*x));
  ::freeifaddrs(all);
  return result;
}

std::string default_hardware_address(const std::vector<network_card>& cards) {
  const network_card* best = nullptr;
  const auto rank = [](const network_card& x) {
    return std::make_tuple(!x.has_device, x.index);
  };
  for (const auto& x : cards)
    if (can_be_name(x) && (best == nullptr || rank(x) < rank(*best)))
      best = &x;
  if (best == nullptr)
    return {};
  return cafmesh::peer_name::read_from(best->address.data(),
                                       cafmesh::name_flavour::mac)
    .str();
}

} // namespace counter
