#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "actors/core/addresses/ip_address.hpp"
#include "actors/core/limits/token_bucket.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Limits how often a host is dialled when its address comes from other peers'
/// records. Without the limit, a member that makes up addresses could make all
/// peers of the mesh flood one host. A host is an IPv4 address or an IPv6 /64.
/// Loopback addresses are not limited, since many nodes may run on one machine.
class host_limits {
public:
  /// Allows each host `burst` attempts without a pause, then one per
  /// `interval`.
  host_limits(std::uint32_t burst, duration interval)
      : burst_(burst), interval_(interval) {
  }

  /// Whether the limits allow an attempt at `address`, a `host:port`.
  bool allows(const std::string& address, instant now);

  /// Counts an attempt at `address`. Loopback addresses are not counted.
  void attempted(const std::string& address, instant now);

  /// Forgets hosts that have all their `burst` attempts again, like new hosts.
  /// Call this from time to time.
  void forget_refilled(instant now);

  std::size_t size() const noexcept {
    return hosts_.size();
  }

private:
  std::uint32_t burst_;
  duration interval_;
  std::map<ip_address::raw_bytes, token_bucket> hosts_;
};

} // namespace cafmesh
