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

std::optional<instant> announcements::due_at() const {
  if (waiting_.empty())
    return std::nullopt;
  auto due = first_added_ + moment;
  return not_before_ ? std::max(due, *not_before_) : due;
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
  not_before_ = now + std::max(interval_, pause_after(size, peers));
}

} // namespace cafmesh
