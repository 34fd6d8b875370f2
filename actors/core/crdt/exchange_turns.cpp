#include <cafmesh/detail/exchange_turns.hpp>

#include <algorithm>

namespace cafmesh::replication {

bool exchange_turns::may_ask(const asker& who, instant now) {
  if (!is_over(now) && asked_ == who.who) {
    last_heard_ = now;
    return true;
  }
  if (is_over(now) && (waiting_.empty() || waiting_.front().who == who.who)) {
    if (!waiting_.empty())
      waiting_.pop_front();
    begin(who.who, now);
    return true;
  }
  wait(who);
  return false;
}

void exchange_turns::heard_from(peer_name who, instant now) {
  if (asked_ == who)
    last_heard_ = last_items_ = now;
}

std::optional<peer_name> exchange_turns::next(instant now) {
  if (waiting_.empty() || !is_over(now))
    return std::nullopt;
  begin(waiting_.front().who, now);
  waiting_.pop_front();
  return asked_;
}

bool exchange_turns::is_over(instant now) const {
  return !asked_ || now - last_heard_ > silence
         || now - last_items_ > without_items || now - began_ > turn;
}

void exchange_turns::begin(peer_name who, instant now) {
  asked_ = who;
  began_ = last_heard_ = last_items_ = now;
}

void exchange_turns::wait(const asker& who) {
  std::size_t of_neighbour = 0;
  for (const auto& x : waiting_) {
    if (x == who)
      return;
    of_neighbour += x.neighbour == who.neighbour ? 1 : 0;
  }
  if (waiting_.size() < most_waiting
      && of_neighbour < most_waiting_of_neighbour)
    waiting_.push_back(who);
}

} // namespace cafmesh::replication
