#include "actors/core/mesh/digest_exchange.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh {

namespace {

// An answer with all records costs this number of tokens.
constexpr std::uint32_t shares = 16 * 1024;

// If all records together have fewer bytes than this, they count as this many.
// Otherwise `overhead` alone would use up a neighbour's tokens.
constexpr std::size_t least_whole = 64 * 1024;

// The bytes of an answer other than records: definitions of types, and
// envelopes.
constexpr std::size_t overhead = 256;

} // namespace

void digest_exchange::add(peer_name neighbour, instant now) {
  remove(neighbour);
  auto per_share = std::max(interval_ / shares, duration{1});
  neighbours_.emplace(
    neighbour, neighbour_state{token_bucket{2 * shares, per_share, now}});
}

void digest_exchange::remove(peer_name neighbour) {
  auto i = neighbours_.find(neighbour);
  if (i == neighbours_.end())
    return;
  waiting_count_ -= i->second.waits ? 1 : 0;
  neighbours_.erase(i);
  ended(neighbour);
}

bool digest_exchange::may_ask(peer_name neighbour, instant now) {
  auto i = neighbours_.find(neighbour);
  if (i == neighbours_.end())
    return false;
  auto is_barred = neighbour == last_asked_ && now < barred_until_;
  auto has_turn = asked_ == neighbour && !is_free(now);
  if (!has_turn && (!is_free(now) || is_barred)) {
    waiting_count_ += std::exchange(i->second.waits, true) ? 0 : 1;
    return false;
  }
  if (!has_turn)
    turn_began_ = now;
  asked_ = last_asked_ = neighbour;
  last_heard_ = now;
  return true;
}

bool digest_exchange::is_free(instant now) const {
  return !asked_ || now - last_heard_ >= silence || now - turn_began_ >= turn;
}

void digest_exchange::heard_from(peer_name neighbour, instant now) {
  if (asked_ == neighbour)
    last_heard_ = now;
}

void digest_exchange::ended(peer_name neighbour) {
  if (asked_ == neighbour)
    asked_.reset();
}

std::vector<peer_name> digest_exchange::take_waiting(instant now) {
  std::vector<peer_name> result;
  if (waiting_count_ == 0 || !is_free(now))
    return result;
  asked_.reset();
  barred_until_ = now + silence;
  waiting_count_ = 0;
  for (auto& [name, x] : neighbours_)
    if (std::exchange(x.waits, false))
      result.push_back(name);
  return result;
}

std::optional<instant> digest_exchange::wake_at() const {
  if (waiting_count_ == 0)
    return std::nullopt;
  if (!asked_)
    return last_heard_;
  return std::min(last_heard_ + silence, turn_began_ + turn);
}

bool digest_exchange::may_answer(peer_name neighbour, std::size_t size,
                                 std::size_t whole, instant now) {
  auto i = neighbours_.find(neighbour);
  if (i == neighbours_.end())
    return false;
  auto count = (size + overhead) * shares / std::max(whole, least_whole) + 1;
  return i->second.answers.take(
    now, static_cast<std::uint32_t>(std::min<std::size_t>(count, 2 * shares)));
}

} // namespace cafmesh
