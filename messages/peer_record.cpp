#include <cafmesh/peer_record.hpp>

#include <tuple>

namespace cafmesh {

bool operator==(const peer_summary& x, const peer_summary& y) {
  return std::tie(x.name, x.nickname, x.uid, x.version, x.alias)
         == std::tie(y.name, y.nickname, y.uid, y.version, y.alias);
}

bool operator==(const connection_summary& x, const connection_summary& y) {
  return std::tie(x.remote, x.remote_address, x.outbound, x.established)
         == std::tie(y.remote, y.remote_address, y.outbound, y.established);
}

bool operator==(const peer_record& x, const peer_record& y) {
  return x.peer == y.peer && x.connections == y.connections;
}

} // namespace cafmesh
