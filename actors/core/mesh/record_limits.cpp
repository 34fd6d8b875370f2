#include "actors/core/mesh/record_limits.hpp"

namespace cafmesh::record_limits {

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
