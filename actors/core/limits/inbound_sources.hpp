#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "actors/core/addresses/ip_address.hpp"
#include <cafmesh/ids.hpp>

namespace cafmesh {

/// Counts inbound connections by source, and chooses one to close if there are
/// too many. A source is an `ip_address::source`. Only a source that has at
/// least a quarter of all inbound connections loses one. Without this rule, a
/// member that spreads its connections over many addresses could displace
/// honest peers that share an address.
class inbound_sources {
public:
  void add(connection_id id, const ip_address& from);
  /// Ignores unknown connections.
  void remove(connection_id id);

  std::size_t count(const ip_address& from) const;

  /// The newest connection from the source that has the most connections;
  /// nullopt if this source has fewer than `least`, or fewer than a quarter of
  /// all. Because the newest is chosen, a flood does not close an older
  /// connection of an honest peer at the same address.
  std::optional<connection_id> to_close(std::size_t least) const;

private:
  using address = ip_address::raw_bytes;

  std::map<connection_id, address> connections_;
  std::map<address, std::size_t> counts_;
};

} // namespace cafmesh
