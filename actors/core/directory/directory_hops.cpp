#include "actors/core/directory/directory_hops.hpp"

#include <algorithm>
#include <deque>

namespace cafmesh::names {

std::map<peer_name, unsigned> hops_of(const mesh_description& x) {
  std::map<peer_name, unsigned> result{{x.self, 0}};
  std::deque<peer_name> next{x.self};
  for (; !next.empty(); next.pop_front()) {
    auto i = std::lower_bound(
      x.peers.begin(), x.peers.end(), next.front(),
      [](const peer_record& y, peer_name who) { return y.peer.name < who; });
    if (i == x.peers.end() || i->peer.name != next.front())
      continue;
    const auto distance = result[next.front()] + 1;
    for (const auto& each : i->connections)
      if (result.emplace(each.remote, distance).second)
        next.push_back(each.remote);
  }
  return result;
}

} // namespace cafmesh::names
