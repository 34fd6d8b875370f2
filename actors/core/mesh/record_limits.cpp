#include "actors/core/mesh/record_limits.hpp"

#include <algorithm>
#include <chrono>

namespace cafmesh::record_limits {

std::uint64_t max_version(wall_time now) noexcept {
  using std::chrono::milliseconds;
  // The beginning of 2020, UTC.
  constexpr wall_time start{std::chrono::seconds{1'577'836'800}};
  auto passed = std::chrono::duration_cast<milliseconds>(
    std::max(now, earliest_wall_time) - start);
  return static_cast<std::uint64_t>(passed.count()) * 1024;
}

void apply(peer_summary& peer) {
  if (peer.nickname.size() <= max_nickname)
    return;
  peer.nickname.resize(max_nickname);
  peer.nickname.shrink_to_fit();
}

void apply(std::vector<wire::connection_view>& connections) {
  if (connections.size() > max_connections)
    connections.resize(max_connections);
  for (auto& x : connections)
    x.remote_address = address(x.remote_address);
}

} // namespace cafmesh::record_limits
