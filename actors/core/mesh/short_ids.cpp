#include "actors/core/mesh/short_ids.hpp"

#include <algorithm>

namespace cafmesh {

namespace {

bool is_valid(short_id id) noexcept {
  return value_of(id) < short_id_count;
}

bool before(const std::pair<short_id, peer_name>& x, short_id id) noexcept {
  return x.first < id;
}

} // namespace

bool short_ids::claim(short_id id, peer_name who) {
  if (!is_valid(id))
    return false;
  auto owned = owners_.begin() + place_of(id);
  if (owned == owners_.end() || owned->first != id) {
    owners_.insert(owned, {id, who});
    auto remembered = ever_claimed_.test(value_of(id));
    ever_claimed_.set(value_of(id));
    return remembered;
  }
  auto& lowest = owned->second;
  if (lowest == who)
    return false;
  other_claims_.emplace(id, std::max(lowest, who));
  if (lowest < who)
    return false;
  lowest = who;
  return true;
}

bool short_ids::release(short_id id, peer_name who) {
  if (!is_valid(id))
    return false;
  auto owned = owners_.begin() + place_of(id);
  if (owned == owners_.end() || owned->first != id)
    return false;
  if (owned->second != who) {
    other_claims_.erase({id, who});
    return false;
  }
  auto next = other_claims_.lower_bound({id, peer_name{}});
  if (next == other_claims_.end() || next->first != id) {
    // Returns false, although other actors may remember the former owner. This
    // does no harm until a peer claims the ID again.
    owners_.erase(owned);
    return false;
  }
  owned->second = next->second;
  other_claims_.erase(next);
  return true;
}

std::optional<peer_name> short_ids::owner(short_id id) const {
  auto owned = owners_.begin() + place_of(id);
  if (owned == owners_.end() || owned->first != id)
    return std::nullopt;
  return owned->second;
}

std::optional<short_id> short_ids::draw(std::mt19937_64& rng) const {
  auto free = short_id_count - owners_.size();
  if (free == 0)
    return std::nullopt;
  auto skip = std::uniform_int_distribution<std::size_t>{0, free - 1}(rng);
  std::size_t id = 0; // all lower IDs are claimed or skipped
  for (const auto& [taken, who] : owners_) {
    auto free_below = value_of(taken) - id;
    if (skip < free_below)
      break;
    skip -= free_below;
    id = value_of(taken) + std::size_t{1};
  }
  return short_id{static_cast<std::uint16_t>(id + skip)};
}

std::ptrdiff_t short_ids::place_of(short_id id) const {
  return std::lower_bound(owners_.begin(), owners_.end(), id, before)
         - owners_.begin();
}

} // namespace cafmesh
