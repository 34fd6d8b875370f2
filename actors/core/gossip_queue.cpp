#include "gossip_queue.hpp"

#include <utility>

namespace cafmesh {

namespace {

void merge_into(gossip_data_ptr& pending, gossip_data_ptr data) {
  pending = pending ? pending->merge(*data) : std::move(data);
}

} // namespace

void gossip_queue::add_gossip(gossip_data_ptr data) {
  if (data)
    merge_into(gossip_, std::move(data));
}

void gossip_queue::add_broadcast(peer_name source, gossip_data_ptr data) {
  if (!data)
    return;
  auto [known, first] = arrival_.try_emplace(source, next_arrival_);
  if (first)
    ++next_arrival_;
  auto& waiting = broadcasts_[known->second];
  waiting.source = source;
  merge_into(waiting.data, std::move(data));
}

bool gossip_queue::empty() const noexcept {
  return !gossip_ && broadcasts_.empty();
}

std::optional<gossip_queue::item> gossip_queue::pop() {
  // Gossip usually matters more: it carries state, complete for its channel.
  if (gossip_)
    return item{std::exchange(gossip_, nullptr), std::nullopt};
  if (broadcasts_.empty())
    return std::nullopt;
  auto oldest = broadcasts_.extract(broadcasts_.begin());
  auto& [source, data] = oldest.mapped();
  arrival_.erase(source);
  return item{std::move(data), source};
}

} // namespace cafmesh
