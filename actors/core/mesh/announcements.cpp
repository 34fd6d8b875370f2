#include "actors/core/mesh/announcements.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh {

announcements::announcements(duration interval) : interval_(interval) {
}

void announcements::add(peer_name peer, instant now) {
  if (waiting_.empty())
    first_added_ = now;
  waiting_.insert(peer);
}

void announcements::hurry(instant now) {
  urgent_ = true;
  if (!in_haste_ && not_before_ && now < *not_before_)
    in_haste_ = hasty_.take(now);
}

std::optional<instant> announcements::due_at() const {
  if (waiting_.empty())
    return std::nullopt;
  auto due = first_added_ + moment;
  const auto& earliest = in_haste_ ? not_before_in_haste_ : not_before_;
  return earliest ? std::max(due, *earliest) : due;
}

std::vector<peer_name> announcements::take_due(instant now) {
  auto due = due_at();
  if (!due || now < *due)
    return {};
  auto peers = std::exchange(waiting_, {});
  return {peers.begin(), peers.end()};
}

duration announcements::pause_after(std::size_t size, std::size_t peers) {
  // If all peers announce records of this size, each link carries `peers` such
  // records in each pause.
  auto seconds = static_cast<double>(size) * static_cast<double>(peers)
                 / static_cast<double>(budget);
  return seconds < std::chrono::duration<double>{longest}.count()
           ? std::chrono::duration_cast<duration>(
             std::chrono::duration<double>{seconds})
           : longest;
}

void announcements::sent(std::size_t size, std::size_t peers, instant now) {
  const auto pause = pause_after(size, peers);
  not_before_ = now + std::max(interval_, pause);
  not_before_in_haste_ = now + pause;
  in_haste_ = urgent_ = false;
}

} // namespace cafmesh
