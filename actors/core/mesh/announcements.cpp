#include "actors/core/mesh/announcements.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh {

announcements::announcements(duration interval) : interval_(interval) {
}

void announcements::add(peer_name whose, instant now) {
  if (waiting_.empty())
    first_added_ = now;
  waiting_.insert(whose);
}

std::optional<instant> announcements::due_at() const {
  if (waiting_.empty())
    return std::nullopt;
  auto gathered = first_added_ + moment;
  return not_before_ ? std::max(gathered, *not_before_) : gathered;
}

std::vector<peer_name> announcements::take(instant now) {
  auto due = due_at();
  if (!due || now < *due)
    return {};
  auto taken = std::exchange(waiting_, {});
  return {taken.begin(), taken.end()};
}

duration announcements::pause_after(std::size_t size, std::size_t peers) {
  // Where all do as we do, each link carries one such update from every peer
  // in each interval.
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
