#include "actors/core/mesh/reachability.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh {

void reachability::edges_replaced(slot who, const adjacency& before,
                                  const adjacency& after) noexcept {
  if (stale_ || !reached(who))
    return;
  // Both are in the same order: what went or came is found in one pass.
  auto old = before.edges().begin();
  for (auto& x : after.edges()) {
    if (old != before.edges().end() && old->to == x.to)
      ++old;
    else if (!reached(x.to))
      stale_ = true;
  }
  if (old != before.edges().end())
    stale_ = true;
}

void reachability::erased(slot who) noexcept {
  if (who < reached_.size())
    reached_[who] = 0;
  lost_.erase(who);
}

// Who has never been within reach, and says that it is connected to somebody who
// is, is kept for twice as long as that one may take to announce it: in a large
// star the hub's record is long. Without, many of a star of 1,000 came, went and
// came back while it grew. In a small mesh it is nothing: whoever is told of there
// so late has gone.
duration reachability::grace_of(const adjacency& x, const peers& known) const {
  constexpr std::size_t size_of_a_connection = 64;
  std::size_t most = 0;
  for (auto& edge : x.edges())
    // Of connections to ourselves we know better.
    if (edge.to != peers::self && reached(edge.to))
      most = std::max(most, known.connections(edge.to).edges().size());
  return announcements::pause_after(2 * most * size_of_a_connection,
                                    known.size());
}

std::vector<slot> reachability::refresh(const peers& known, instant now) {
  std::vector<slot> found;
  if (!std::exchange(stale_, false))
    return found;
  auto before = std::exchange(reached_, known.reached_from({peers::self}));
  for (auto i = lost_.begin(); i != lost_.end();) {
    if (reached(i->first)) {
      found.push_back(i->first);
      i = lost_.erase(i);
    } else {
      ++i;
    }
  }
  for (auto who : known.by_name())
    if (!reached(who)) {
      auto was_reached = who < before.size() && before[who] != 0;
      auto grace =
        was_reached ? duration{0} : grace_of(known.connections(who), known);
      lost_.emplace(who, now + grace);
    }
  return found;
}

std::vector<slot> reachability::lost() const {
  std::vector<slot> result;
  for (auto& [who, since] : lost_)
    result.push_back(who);
  return result;
}

std::vector<slot> reachability::expire(instant limit, const peers& known) {
  std::vector<slot> result;
  std::vector<slot> later;
  auto next = instant::max();
  for (auto& [who, since] : lost_) {
    (since <= limit ? result : later).push_back(who);
    if (since > limit)
      next = std::min(next, since);
  }
  auto kept = known.reached_from(std::move(later));
  auto stays = [&](slot who) {
    if (kept[who])
      lost_[who] = next;
    return kept[who] != 0;
  };
  result.erase(std::remove_if(result.begin(), result.end(), stays),
               result.end());
  return result;
}

std::optional<instant> reachability::first_lost() const {
  std::optional<instant> result;
  for (auto& [who, since] : lost_)
    if (!result || since < *result)
      result = since;
  return result;
}

} // namespace cafmesh
