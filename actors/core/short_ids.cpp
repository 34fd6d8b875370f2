#include "short_ids.hpp"

namespace cafmesh {

namespace {

bool is_valid(short_id id) noexcept {
  return value_of(id) < short_id_count;
}

} // namespace

bool short_ids::claim(short_id id, peer_name who) {
  if (!is_valid(id))
    return false;
  auto before = owner(id);
  claims_.emplace(id, who);
  auto remembered = ever_claimed_.test(value_of(id));
  claimed_.set(value_of(id));
  ever_claimed_.set(value_of(id));
  return remembered && before != owner(id);
}

bool short_ids::release(short_id id, peer_name who) {
  auto before = owner(id);
  if (claims_.erase({id, who}) == 0)
    return false;
  auto after = owner(id);
  // Nobody's ID is as good as the last owner's until somebody takes it.
  if (!after)
    claimed_.reset(value_of(id));
  return after && before != after;
}

std::optional<peer_name> short_ids::owner(short_id id) const {
  auto first = claims_.lower_bound({id, peer_name{}});
  if (first == claims_.end() || first->first != id)
    return std::nullopt;
  return first->second;
}

std::optional<short_id> short_ids::draw(std::mt19937_64& rng) const {
  auto free = short_id_count - claimed_.count();
  if (free == 0)
    return std::nullopt;
  auto skip = std::uniform_int_distribution<std::size_t>{0, free - 1}(rng);
  std::uint16_t id = 0;
  while (claimed_.test(id) || skip-- != 0)
    ++id;
  return short_id{id};
}

} // namespace cafmesh
