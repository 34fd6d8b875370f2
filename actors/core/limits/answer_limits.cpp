#include <cafmesh/detail/answer_limits.hpp>

#include <algorithm>
#include <map>

#include "actors/core/limits/token_bucket.hpp"

// Limits how often a peer gets an answer if it asks for a whole replicated
// value.
namespace cafmesh {

struct answer_limits::state {
  struct peer {
    explicit peer(instant now)
        : bucket(burst_per_peer * shares, interval_per_peer / shares, now),
          last(now) {
    }
    token_bucket bucket;
    instant last; // when the peer got its last answer
  };

  // Forgets peers whose bucket must be full again by now: a full bucket is no
  // different from a new one.
  void forget_refilled(instant now) {
    for (auto i = peers.begin(); i != peers.end();)
      i = now - i->second.last >= burst_per_peer * interval_per_peer
            ? peers.erase(i)
            : std::next(i);
  }

  token_bucket all{burst * shares, interval / shares, instant{}};
  std::map<peer_name, peer> peers;
};

answer_limits::answer_limits() : state_(std::make_unique<state>()) {
}

answer_limits::~answer_limits() = default;

bool answer_limits::take(peer_name who, instant now, std::uint32_t count) {
  state_->forget_refilled(now);
  auto i = state_->peers.find(who);
  // Checks the peer's own bucket first, so that a peer that asks too often
  // takes nothing from the bucket of all peers.
  if (i == state_->peers.end() ? state_->peers.size() >= max_peers
                               : !i->second.bucket.has(now, count))
    return false;
  if (!state_->all.take(now, count))
    return false;
  if (i == state_->peers.end())
    i = state_->peers.emplace(who, state::peer{now}).first;
  i->second.last = now;
  return i->second.bucket.take(now, count);
}

std::size_t answer_limits::peers() const noexcept {
  return state_->peers.size();
}

bool neighbours_answer_limits::take(peer_name neighbour, peer_name who,
                                    instant now, std::uint32_t count) {
  if (neighbours_.size() >= max_neighbours && neighbours_.count(neighbour) == 0)
    forget_oldest();
  auto& x = neighbours_[neighbour];
  x.last_request = ++requests_;
  return x.limits.take(who, now, count);
}

void neighbours_answer_limits::forget_oldest() {
  neighbours_.erase(std::min_element(
    neighbours_.begin(), neighbours_.end(), [](const auto& x, const auto& y) {
      return x.second.last_request < y.second.last_request;
    }));
}

} // namespace cafmesh
