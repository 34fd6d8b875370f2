#include <cafmesh/detail/answer_limits.hpp>

#include <algorithm>
#include <map>

#include "actors/core/limits/token_bucket.hpp"

// Limits how often a peer gets an answer if it asks for a whole replicated
// value.
namespace cafmesh {

namespace {

// The minimum time between two searches that forget the neighbours whose limits
// have refilled.
constexpr std::chrono::seconds between_searches{10};

void replace(token_bucket& x, instant now, std::uint32_t taken,
             std::uint32_t used) {
  if (used > taken)
    x.charge(now, used - taken);
  else
    x.give_back(taken - used);
}

} // namespace

// -- the limits of one neighbour

struct answer_limits::state {
  token_bucket all{burst * shares, interval / shares, instant{}};
  std::map<peer_name, token_bucket> peers;
};

answer_limits::answer_limits() : state_(std::make_unique<state>()) {
}

answer_limits::~answer_limits() = default;

bool answer_limits::take(peer_name who, instant now, std::uint32_t count) {
  forget_refilled(now);
  auto& all = state_->all;
  auto& peers = state_->peers;
  auto i = peers.find(who);
  // Checks the peer's own bucket first, so that a peer that asks too often
  // takes nothing from the shared bucket.
  if (i == peers.end() ? peers.size() >= max_peers : !i->second.has(now, count))
    return false;
  if (!all.take(now, count))
    return false;
  if (i == peers.end())
    i = peers
          .try_emplace(who, burst_per_peer * shares, interval_per_peer / shares,
                       now)
          .first;
  return i->second.take(now, count);
}

void answer_limits::correct(peer_name who, instant now, std::uint32_t taken,
                            std::uint32_t used) {
  replace(state_->all, now, taken, used);
  if (auto i = state_->peers.find(who); i != state_->peers.end())
    replace(i->second, now, taken, used);
}

void answer_limits::forget_refilled(instant now) {
  auto& peers = state_->peers;
  for (auto i = peers.begin(); i != peers.end();)
    i = i->second.is_full(now) ? peers.erase(i) : std::next(i);
}

bool answer_limits::is_refilled(instant now) {
  forget_refilled(now);
  return state_->peers.empty() && state_->all.is_full(now);
}

std::size_t answer_limits::peers() const noexcept {
  return state_->peers.size();
}

// -- the limits of all neighbours

struct neighbours_answer_limits::state {
  struct entry {
    answer_limits limits;
    std::uint64_t last_request = 0; // the number of its last request
  };
  using map = std::map<peer_name, entry>;

  token_bucket& in_all(peer_name neighbour, peer_name who) {
    return neighbour == who ? for_neighbours : for_others;
  }

  void forget(map::iterator i) {
    peers -= i->second.limits.peers();
    neighbours.erase(i);
  }

  void forget_refilled(instant now) {
    if (now - swept < between_searches)
      return;
    swept = now;
    for (auto i = neighbours.begin(); i != neighbours.end();) {
      auto current = i++;
      auto& limits = current->second.limits;
      peers -= limits.peers();
      const auto is_refilled = limits.is_refilled(now);
      peers += limits.peers();
      if (is_refilled)
        forget(current);
    }
  }

  // Limits memory. The peers of a forgotten neighbour start with fresh limits,
  // but the limits on all peers together still hold.
  void make_room() {
    while (neighbours.size() >= max_neighbours || peers >= max_peers)
      forget(std::min_element(
        neighbours.begin(), neighbours.end(), [](const auto& x, const auto& y) {
          return x.second.last_request < y.second.last_request;
        }));
  }

  entry& entry_of(peer_name neighbour) {
    auto i = neighbours.find(neighbour);
    if (i == neighbours.end() || peers >= max_peers) {
      if (i != neighbours.end())
        i->second.last_request = requests;
      make_room();
      i = neighbours.try_emplace(neighbour).first;
    }
    return i->second;
  }

  token_bucket for_neighbours{burst_for_neighbours * answer_limits::shares,
                              interval_for_neighbours / answer_limits::shares,
                              instant{}};
  token_bucket for_others{burst_for_others * answer_limits::shares,
                          interval_for_others / answer_limits::shares,
                          instant{}};
  map neighbours;
  std::size_t peers = 0; // of all neighbours
  std::uint64_t requests = 0;
  instant swept{};
};

neighbours_answer_limits::neighbours_answer_limits()
    : state_(std::make_unique<state>()) {
}

neighbours_answer_limits::neighbours_answer_limits(
  neighbours_answer_limits&&) noexcept = default;

neighbours_answer_limits& neighbours_answer_limits::operator=(
  neighbours_answer_limits&&) noexcept = default;

neighbours_answer_limits::~neighbours_answer_limits() = default;

bool neighbours_answer_limits::take(peer_name neighbour, peer_name who,
                                    instant now, std::uint32_t count) {
  auto& s = *state_;
  s.forget_refilled(now);
  ++s.requests;
  auto& all = s.in_all(neighbour, who);
  if (!all.has(now, count))
    return false;
  auto& x = s.entry_of(neighbour);
  x.last_request = s.requests;
  s.peers -= x.limits.peers();
  const auto result = x.limits.take(who, now, count);
  s.peers += x.limits.peers();
  return result && all.take(now, count);
}

void neighbours_answer_limits::correct(peer_name neighbour, peer_name who,
                                       instant now, std::uint32_t taken,
                                       std::uint32_t used) {
  correct_in_all(neighbour, who, now, taken, used);
  auto& all = state_->neighbours;
  if (auto i = all.find(neighbour); i != all.end())
    i->second.limits.correct(who, now, taken, used);
}

void neighbours_answer_limits::correct_in_all(peer_name neighbour,
                                              peer_name who, instant now,
                                              std::uint32_t taken,
                                              std::uint32_t used) {
  replace(state_->in_all(neighbour, who), now, taken, used);
}

std::size_t neighbours_answer_limits::neighbours() const noexcept {
  return state_->neighbours.size();
}

std::size_t neighbours_answer_limits::peers() const noexcept {
  return state_->peers;
}

} // namespace cafmesh
