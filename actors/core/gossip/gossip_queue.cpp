#include "actors/core/gossip/gossip_queue.hpp"

#include <algorithm>
#include <utility>

#include "actors/core/gossip/divisible_data.hpp"
#include "actors/core/gossip/relayed_data.hpp"
#include <cafmesh/detail/measured_data.hpp>

namespace cafmesh {

namespace {

// Data whose memory is shared counts as at most this many bytes.
constexpr std::size_t most_of_shared = relay_budget::usual_limit / 4;

bool is_divisible(const gossip_data& x) {
  return dynamic_cast<const divisible_data*>(&x) != nullptr;
}

} // namespace

gossip_queue::gossip_queue(relay_budget_ptr budget)
    : budget_(std::move(budget)) {
  gossip_.share = budget_share{budget_, 0};
  later_gossip_.share = budget_share{budget_, 0};
}

void gossip_queue::add_gossip(gossip_data_ptr data) {
  if (!data)
    return;
  if (must_leave_later(*data)) {
    later_gossip_arrival_ = next_arrival_++;
    return merge_into(later_gossip_, std::move(data));
  }
  if (!gossip_.data)
    gossip_arrival_ = next_arrival_++;
  merge_into(gossip_, std::move(data));
}

bool gossip_queue::must_leave_later(const gossip_data& x) const {
  if (later_gossip_.data)
    return true;
  return gossip_.data && is_divisible(x) && !broadcasts_.empty()
         && broadcasts_.rbegin()->first > gossip_arrival_;
}

void gossip_queue::add_broadcast(peer_name source, gossip_data_ptr data) {
  if (!data)
    return;
  auto [known, first] = arrival_.try_emplace(source, next_arrival_);
  if (first)
    ++next_arrival_;
  auto& waiting = broadcasts_[known->second];
  if (first) {
    waiting.source = source;
    waiting.share = budget_share{budget_, 0};
  }
  merge_into(waiting, std::move(data));
}

bool gossip_queue::empty() const noexcept {
  return !gossip_.data && broadcasts_.empty();
}

std::optional<gossip_queue::item> gossip_queue::pop() {
  if (gossip_is_next()) {
    auto result = take_batch_of(gossip_);
    if (!gossip_.data && later_gossip_.data) {
      std::swap(gossip_, later_gossip_);
      gossip_arrival_ = later_gossip_arrival_;
    }
    return result;
  }
  if (broadcasts_.empty())
    return std::nullopt;
  auto oldest = broadcasts_.extract(broadcasts_.begin());
  auto& waiting = oldest.mapped();
  auto result = take_batch_of(waiting);
  result.broadcast_source = waiting.source;
  if (waiting.data) {
    arrival_[waiting.source] = next_arrival_;
    oldest.key() = next_arrival_++;
    broadcasts_.insert(std::move(oldest));
  } else {
    arrival_.erase(waiting.source);
  }
  return result;
}

bool gossip_queue::gossip_is_next() const {
  if (!gossip_.data)
    return false;
  // Gossip that is not divisible goes first. It may be the complete state of
  // the channel, which must reach a new neighbour before any broadcast.
  return broadcasts_.empty() || !is_divisible(*gossip_.data.get())
         || gossip_arrival_ < broadcasts_.begin()->first;
}

void gossip_queue::merge_into(pending& x, gossip_data_ptr data) {
  x.data.add(std::move(data), faults_);
  x.share.resize(counted_size(x));
  drop_excess();
}

// The bytes of the budget that an item uses. Data that was not merged shares
// its memory with the queues of other neighbours. Unmerged gossip is usually
// the whole value and uses no budget. An unmerged broadcast uses up to
// `most_of_shared` bytes, because a member can send broadcasts in the names of
// many sources.
std::size_t gossip_queue::counted_size(const pending& x) {
  if (!x.data)
    return 0;
  if (const auto* relayed = relayed_data::in(*x.data.get()))
    return relayed->size();
  const auto* measured = dynamic_cast<const measured_data*>(x.data.get().get());
  if (!measured || (&x == &gossip_ && !x.data.is_merged()))
    return 0;
  auto size = faults_.guard([&] { return measured->memory(); }, most_of_shared);
  return x.data.is_merged() ? size : std::min(size, most_of_shared);
}

void gossip_queue::drop_excess() {
  while (auto excess = budget_->excess()) {
    auto oldest = broadcasts_.begin();
    while (oldest != broadcasts_.end() && oldest->second.share.size() == 0)
      ++oldest;
    auto broadcast_size =
      oldest != broadcasts_.end() ? oldest->second.share.size() : 0;
    if (gossip_.share.size() > broadcast_size) {
      drop_oldest_of(gossip_, excess);
    } else if (oldest != broadcasts_.end()) {
      drop_oldest_of(oldest->second, excess);
      if (!oldest->second.data)
        forget(oldest);
    } else {
      return;
    }
  }
}

void gossip_queue::drop_oldest_of(pending& x, std::size_t size) {
  const auto* all = relayed_data::in(*x.data.get());
  auto rest = all ? all->without_oldest(size) : nullptr;
  dropped_ += (all ? all->count() : 1) - (rest ? rest->count() : 0);
  x.share.resize(rest ? rest->size() : 0);
  x.data.set(std::move(rest));
}

gossip_queue::item gossip_queue::take_batch_of(pending& x) {
  if (const auto* whole =
        dynamic_cast<const divisible_data*>(x.data.get().get())) {
    auto [part, rest] = whole->split();
    if (!rest)
      part = x.data.take();
    else
      x.data.set(std::move(rest));
    return {std::move(part), std::nullopt, budget_share{budget_, 0}};
  }
  const auto* relayed = relayed_data::in(*x.data.get());
  if (!relayed || x.share.size() <= relayed_data::longest_run)
    return {x.data.take(), std::nullopt,
            std::exchange(x.share, budget_share{budget_, 0})};
  auto [oldest, rest] = relayed->split();
  item result{oldest, std::nullopt, budget_share{budget_, oldest->size()}};
  x.share.resize(rest ? rest->size() : 0);
  x.data.set(std::move(rest));
  return result;
}

void gossip_queue::forget(by_arrival::iterator i) {
  arrival_.erase(i->second.source);
  broadcasts_.erase(i);
}

} // namespace cafmesh
