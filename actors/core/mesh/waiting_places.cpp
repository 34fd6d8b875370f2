#include "actors/core/mesh/waiting_places.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh {

std::optional<connection_id> waiting_places::add(connection_id x,
                                                 const ip_address& from,
                                                 rank how,
                                                 std::uint64_t random) {
  const auto source = from.source();
  auto same = std::find_if(all_.begin(), all_.end(),
                           [&](const place& y) { return y.source == source; });
  if (same != all_.end()) {
    // So each of `tries` connections has the same chance to be the last.
    ++same->tries;
    if (how < same->how || (how == same->how && random % same->tries != 0))
      return x;
    same->how = how;
    return std::exchange(same->id, x);
  }
  ++sources_;
  all_.push_back({x, source, how, 1});
  if (all_.size() <= most)
    return std::nullopt;
  std::stable_sort(
    all_.begin(), all_.end(),
    [](const place& y, const place& z) { return y.how < z.how; });
  const auto lowest = static_cast<std::size_t>(
    std::count_if(all_.begin(), all_.end(), [this](const place& y) {
      return y.how == all_.front().how;
    }));
  // Likewise among sources: the new one, which is the last of its rank, stays
  // with a chance of `most` in `sources_`.
  const auto is_of_lowest = how == all_.front().how;
  const auto others = is_of_lowest ? lowest - 1 : lowest;
  const auto chance = random % sources_;
  const auto new_one_loses = is_of_lowest && (chance >= most || others == 0);
  const auto id = new_one_loses ? x : all_[chance % others].id;
  remove(id);
  return id;
}

void waiting_places::remove(connection_id x) {
  all_.erase(std::remove_if(all_.begin(), all_.end(),
                            [x](const place& y) { return y.id == x; }),
             all_.end());
}

std::optional<connection_id> waiting_places::next(std::uint64_t random) const {
  if (all_.empty())
    return std::nullopt;
  auto best = std::max_element(
    all_.begin(), all_.end(),
    [](const place& y, const place& z) { return y.how < z.how; });
  std::vector<connection_id> equal;
  for (const auto& y : all_)
    if (y.how == best->how)
      equal.push_back(y.id);
  return equal[random % equal.size()];
}

} // namespace cafmesh
