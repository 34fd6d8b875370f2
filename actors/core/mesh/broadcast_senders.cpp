#include "actors/core/mesh/broadcast_senders.hpp"

#include <utility>

namespace cafmesh {

void broadcast_senders::change(const routes_ptr& before, routes_ptr next,
                               instant now) {
  if (are_settled(now)) {
    relax(now);
    earlier_ = later_ = before;
    later_replaced_at_ = now;
  } else if (now - later_replaced_at_ >= settling) {
    earlier_ = std::exchange(later_, before);
    later_replaced_at_ = now;
  }
  current_ = std::move(next);
  changed_at_ = now;
}

expected_sender broadcast_senders::of(peer_name source, instant now) {
  if (!current_ || !current_->knows(source))
    return {};
  if (known_.size() >= most && known_.count(source) == 0)
    known_.clear();
  auto [i, is_new] = known_.try_emplace(source);
  auto& x = i->second;
  if (is_new || x.generation != current_->generation()) {
    x.generation = current_->generation();
    if (is_new && earlier_) {
      x.sender.now = earlier_->broadcast_sender(source);
      x.since = now - settling;
    }
    const auto sender = current_->broadcast_sender(source);
    if (sender != x.sender.now) {
      x.sender.before = std::exchange(x.sender.now, sender);
      x.since = now;
    }
  }
  x.sender.is_steady = now - x.since >= settling;
  return x.sender;
}

void broadcast_senders::relax(instant now) {
  if (!are_settled(now))
    return;
  current_ = earlier_ = later_ = nullptr;
  known_ = {};
}

} // namespace cafmesh
