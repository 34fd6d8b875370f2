#include "actors/core/gossip/recently_seen.hpp"

#include <algorithm>

#include "crypto/keys/keyed_digest.hpp"

namespace cafmesh {

recently_seen::recently_seen(duration memory, std::uint64_t key,
                             std::size_t capacity)
    : memory_(memory), key_(key), capacity_(capacity) {
}

bool recently_seen::is_new(byte_view update, instant now) {
  return note(crypto::keyed_digest(update, key_), now);
}

bool recently_seen::note(std::uint64_t digest, instant now) {
  while (!entries_.empty() && now - entries_.front().seen > memory_)
    forget_oldest();
  if (!digests_.insert(digest).second)
    return false;
  // Keeps the entries in order of time even if the caller's time goes back.
  auto seen = entries_.empty() ? now : std::max(now, entries_.back().seen);
  entries_.push_back({digest, seen});
  if (entries_.size() > capacity_)
    forget_oldest();
  return true;
}

std::size_t recently_seen::size() const noexcept {
  return entries_.size();
}

void recently_seen::forget_oldest() {
  digests_.erase(entries_.front().digest);
  entries_.pop_front();
}

} // namespace cafmesh
