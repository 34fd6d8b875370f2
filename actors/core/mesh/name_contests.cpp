#include "actors/core/mesh/name_contests.hpp"

#include <algorithm>

namespace cafmesh {

bool name_contests::uid_changed(peer_name who, peer_uid before, peer_uid after,
                                instant now) {
  auto found = contests_.find(who);
  if (found == contests_.end()) {
    if (contests_.size() >= most_names)
      make_room();
    contests_.emplace(who, contest{before, 0, now});
    return false;
  }
  auto& x = found->second;
  auto returns = x.earlier == after && now - x.last_change <= longest_pause;
  x = {before, returns ? x.returns + 1 : 0, now};
  return x.returns > returns_of_one_peer;
}

void name_contests::make_room() {
  contests_.erase(std::min_element(
    contests_.begin(), contests_.end(), [](const auto& x, const auto& y) {
      return x.second.last_change < y.second.last_change;
    }));
}

} // namespace cafmesh
