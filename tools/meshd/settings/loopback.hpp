#pragma once

#include <string_view>

namespace meshd {

/// Whether only this machine can reach an address such as `127.0.0.1:6784` or
/// `[::1]:6784`.
inline bool is_loopback(std::string_view address) {
  constexpr std::string_view ipv4 = "127.", ipv6 = "[::1]:";
  return address.substr(0, ipv4.size()) == ipv4
         || address.substr(0, ipv6.size()) == ipv6;
}

} // namespace meshd
