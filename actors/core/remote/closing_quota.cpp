#include "actors/core/remote/closing_quota.hpp"

#include <iterator>

namespace cafmesh::remote {

bool closing_quota::take(peer_name from, instant now) {
  auto known = used_.find(from);
  if (known != used_.end())
    return known->second.take(now);
  if (used_.size() == most_peers)
    for (auto i = used_.begin(); i != used_.end();)
      i = i->second.is_full(now) ? used_.erase(i) : std::next(i);
  if (used_.size() == most_peers)
    return false;
  return used_.emplace(from, token_bucket{burst, interval, now})
    .first->second.take(now);
}

} // namespace cafmesh::remote
