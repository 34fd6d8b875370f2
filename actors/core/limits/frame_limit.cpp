#include "actors/core/limits/frame_limit.hpp"

#include <algorithm>

namespace cafmesh {

std::vector<connection_id> frame_limit::hold(connection_id who,
                                             const ip_address& from,
                                             std::size_t size, instant begun,
                                             instant now) {
  release(who);
  if (size <= for_each)
    return {};
  const frame added{from.source().bytes(), size - for_each, begun};
  frames_.emplace(who, added);
  sources_[added.from] += added.size;
  taken_ += added.size;
  std::vector<connection_id> result;
  while (taken_ > for_all_) {
    result.push_back(choose(now));
    release(result.back());
  }
  return result;
}

void frame_limit::release(connection_id who) {
  auto i = frames_.find(who);
  if (i == frames_.end())
    return;
  auto from = sources_.find(i->second.from);
  from->second -= i->second.size;
  if (from->second == 0)
    sources_.erase(from);
  taken_ -= i->second.size;
  frames_.erase(i);
}

connection_id frame_limit::choose(instant now) const {
  auto result = frames_.begin();
  auto highest = 0.0;
  for (auto i = frames_.begin(); i != frames_.end(); ++i) {
    const auto& x = i->second;
    // At least 1 ms, so that the cost is not 0 for frames that have just begun.
    auto age = std::max<duration>(now - x.begun, std::chrono::milliseconds{1});
    auto cost = std::chrono::duration<double>{age}.count()
                * static_cast<double>(sources_.at(x.from));
    if (cost > highest) {
      highest = cost;
      result = i;
    }
  }
  return result->first;
}

} // namespace cafmesh
