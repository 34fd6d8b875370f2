#include "actors/core/mesh/digest_exchange.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh {

namespace {

// An answer with all records costs this number of tokens.
constexpr std::uint32_t shares = 16 * 1024;

// All records together count as at least this many bytes. Otherwise `overhead`
// alone would use up a neighbour's tokens.
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
  if (auto until = i->second.refused_until)
    refused_.erase({*until, neighbour});
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
  auto result = take_refused(now);
  if (waiting_count_ == 0 || !is_free(now))
    return result;
  asked_.reset();
  barred_until_ = now + silence;
  waiting_count_ = 0;
  for (auto& [name, x] : neighbours_)
    if (std::exchange(x.waits, false))
      result.push_back(name);
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

std::vector<peer_name> digest_exchange::take_refused(instant now) {
  std::vector<peer_name> result;
  while (!refused_.empty() && refused_.begin()->first <= now) {
    result.push_back(refused_.begin()->second);
    neighbours_.at(result.back()).refused_until.reset();
    refused_.erase(refused_.begin());
  }
  return result;
}

std::optional<instant> digest_exchange::wake_at() const {
  std::optional<instant> result;
  if (!refused_.empty())
    result = refused_.begin()->first;
  if (waiting_count_ == 0)
    return result;
  auto free =
    asked_ ? std::min(last_heard_ + silence, turn_began_ + turn) : last_heard_;
  return result ? std::min(*result, free) : free;
}

bool digest_exchange::may_answer(peer_name neighbour, std::size_t size,
                                 std::size_t whole, instant now) {
  auto i = neighbours_.find(neighbour);
  if (i == neighbours_.end())
    return false;
  auto count = (size + overhead) * shares / std::max(whole, least_whole) + 1;
  if (i->second.answers.take(now, static_cast<std::uint32_t>(
                                    std::min<std::size_t>(count, 2 * shares))))
    return true;
  if (auto& until = i->second.refused_until; !until) {
    until = now + interval_ / 4;
    refused_.emplace(*until, neighbour);
  }
  return false;
}

} // namespace cafmesh
