#include "actors/core/mesh/reachability.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh {

void reachability::edges_replaced(slot who, const adjacency& before,
                                  const adjacency& after) noexcept {
  if (stale_ || !is_reachable(who))
    return;
  // Both lists of edges are sorted by name, so a single pass compares them.
  const auto* old = before.edges().begin();
  for (const auto& x : after.edges()) {
    if (old != before.edges().end() && old->to == x.to)
      ++old;
    else if (!is_reachable(x.to))
      stale_ = true;
  }
  if (old != before.edges().end())
    stale_ = true;
}

void reachability::erased(slot who) noexcept {
  if (who < reachable_.size())
    reachable_[who] = 0;
  grace_ends_.erase(who);
}

void reachability::renumber(const std::vector<slot>& moved) {
  std::vector<std::uint8_t> reachable;
  for (slot x = 0; x < moved.size(); ++x)
    if (moved[x] != peers::none)
      reachable.push_back(is_reachable(x) ? 1 : 0);
  reachable_ = std::move(reachable);
  std::map<slot, instant> ends;
  for (auto& [who, end] : grace_ends_)
    ends.emplace(moved[who], end);
  grace_ends_ = std::move(ends);
}

// The grace period of a peer that has never been reachable. The peer may report
// a connection to a reachable neighbour that has not announced this connection
// yet. So the peer is kept for twice the time that the announcement may take.
// Otherwise peers of a large star, whose hub has a long record, would be
// forgotten and added again while the star grows.
duration reachability::grace_of(const adjacency& x, const peers& known) const {
  // The assumed size of a connection in a record, in bytes.
  constexpr std::size_t connection_size = 64;
  std::size_t most_edges = 0;
  for (auto& edge : x.edges())
    // Leaves out ourselves, because our own connections need no announcement.
    if (edge.to != peers::self && is_reachable(edge.to))
      most_edges = std::max(most_edges, known.degree(edge.to));
  return announcements::pause_after(2 * most_edges * connection_size,
                                    known.size());
}

std::vector<slot> reachability::refresh(const peers& known, instant now) {
  std::vector<slot> found;
  if (!std::exchange(stale_, false))
    return found;
  auto before = std::exchange(reachable_, known.reachable_from({peers::self}));
  for (auto i = grace_ends_.begin(); i != grace_ends_.end();) {
    if (is_reachable(i->first)) {
      found.push_back(i->first);
      i = grace_ends_.erase(i);
    } else {
      ++i;
    }
  }
  for (auto who : known.by_name())
    if (!is_reachable(who) && grace_ends_.count(who) == 0) {
      auto was_reachable = who < before.size() && before[who] != 0;
      auto grace =
        was_reachable ? duration{0} : grace_of(known.connections(who), known);
      grace_ends_.emplace(who, now + grace);
    }
  return found;
}

std::vector<slot> reachability::unreachable() const {
  std::vector<slot> result;
  for (auto& [who, end] : grace_ends_)
    result.push_back(who);
  return result;
}

std::vector<slot> reachability::expire(instant limit, const peers& known) {
  std::vector<slot> result;
  std::vector<slot> later;
  auto next = instant::max();
  for (auto& [who, end] : grace_ends_) {
    (end <= limit ? result : later).push_back(who);
    if (end > limit)
      next = std::min(next, end);
  }
  auto kept = known.reachable_from(std::move(later));
  auto stays = [&](slot who) {
    if (kept[who])
      grace_ends_[who] = next;
    return kept[who] != 0;
  };
  result.erase(std::remove_if(result.begin(), result.end(), stays),
               result.end());
  return result;
}

std::optional<instant> reachability::first_grace_end() const {
  std::optional<instant> result;
  for (auto& [who, end] : grace_ends_)
    if (!result || end < *result)
      result = end;
  return result;
}

} // namespace cafmesh
