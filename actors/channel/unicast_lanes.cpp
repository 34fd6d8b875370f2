#include "actors/channel/unicast_lanes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "actors/core/limits/next_hop_patience.hpp"
#include <cafmesh/errc.hpp>

// Gathers unicasts into batches for each neighbour, and answers the senders of
// the unicasts.
namespace cafmesh {

namespace {

constexpr std::size_t batches_under_way = 2;

constexpr std::size_t full_batch = 256 * 1024;

// Limits on batches that the connection need not answer: the maximum size of
// each in bytes, and the maximum number in a row.
constexpr std::size_t free_size = 4 * 1024;
constexpr std::size_t most_free = 8;

// Added to the size of each message's data, so that empty messages count too.
constexpr std::size_t overhead = 64;

caf::error congested(peer_name hop) {
  return make_error(errc::congested, "too much is waiting for " + hop.str());
}

caf::error takes_nothing() {
  return make_error(errc::congested, "the next hop takes nothing");
}

} // namespace

void unicast_lanes::answers::add(const deferred_reply_ptr& x, bool relayed) {
  if (!x)
    return;
  auto& xs = relayed ? of_relayed : of_ours;
  if (xs.empty() || xs.back() != x)
    xs.push_back(x);
}

void unicast_lanes::answers::note(const caf::error& why) {
  for (auto* xs : {&of_ours, &of_relayed})
    for (auto& x : *xs)
      x->note(why);
}

void unicast_lanes::answers::clear() {
  of_ours.clear();
  of_relayed.clear();
}

unicast_lanes::lane& unicast_lanes::lane_of(peer_name hop) {
  if (!latest_ || latest_->first != hop)
    latest_ = &*lanes_.try_emplace(hop).first;
  return latest_->second;
}

void unicast_lanes::add(peer_name hop, const connection_actor& to, outgoing x,
                        const deferred_reply_ptr& answer) {
  auto& to_hop = lane_of(hop);
  if (to_hop.to != to) {
    if (to_hop.stuck) {
      drop(to_hop, takes_nothing());
      to_hop = {};
    }
    to_hop.to = to;
  }
  if (to_hop.stuck) {
    drop(to_hop, takes_nothing());
    ++dropped_;
    return note(answer, congested(hop));
  }
  auto size = x.data.size() + overhead;
  const auto waits = has_earlier(to_hop);
  const auto limit = waits ? 2 * limit_ : limit_;
  auto is_full = to_hop.size + to_hop.unanswered_size + size > limit
                 && to_hop.size + to_hop.unanswered_size > 0;
  if (to_hop.slow && x.relayed && (is_full || !waits)) {
    ++dropped_;
    return note(answer, congested(hop));
  }
  if (is_full && answer && !answer->is_awaited()) {
    ++dropped_;
    return answer->note(congested(hop));
  }
  if (to_hop.batches.empty())
    ready_.push_back(hop);
  if (to_hop.batches.empty() || to_hop.batches.back().size >= full_batch
      || to_hop.batches.back().to != to)
    to_hop.batches.push_back({{}, std::make_shared<answers>(), 0, to});
  auto& last = to_hop.batches.back();
  last.size += size;
  to_hop.size += size;
  last.waiting->add(answer, x.relayed);
  last.items.push_back(std::move(x));
}

std::optional<unicast_lanes::batch> unicast_lanes::next_batch(instant now) {
  while (!ready_.empty()) {
    auto hop = ready_.back();
    auto& to_hop = lane_of(hop);
    if (to_hop.batches.empty() || to_hop.unanswered.size() >= batches_under_way
        || waits_for_earlier(to_hop)) {
      ready_.pop_back();
      continue;
    }
    if (to_hop.unanswered.empty())
      to_hop.last_answer = now;
    if (to_hop.free > 0 && to_hop.batches.front().to != to_hop.sending)
      ask_first(hop, to_hop, nullptr);
    batch result;
    result.needs_answer = !goes_free(to_hop, to_hop.batches.front());
    result.hop = hop;
    auto& first = to_hop.batches.front();
    result.to = to_hop.sending = first.to;
    result.items = std::move(first.items);
    result.count = result.items.size();
    result.size = first.size;
    result.waiting = std::move(first.waiting);
    to_hop.batches.pop_front();
    to_hop.size -= result.size;
    if (result.needs_answer) {
      to_hop.unanswered.push_back(result.waiting);
      to_hop.unanswered_size += result.size;
    }
    return result;
  }
  return std::nullopt;
}

// Decides whether the connection may leave the first batch of the lane
// unanswered. An earlier connection may not, because it may have ended.
bool unicast_lanes::goes_free(lane& x, const gathered& first) {
  if (first.items.empty() || !x.unanswered.empty() || !first.waiting->empty()
      || first.size > free_size || x.free == most_free || first.to != x.to) {
    x.free = 0;
    return false;
  }
  ++x.free;
  return true;
}

void unicast_lanes::taken(const batch& x, const caf::error& failure,
                          instant now) {
  if (failure) {
    dropped_ += x.count;
    x.waiting->note(failure);
  }
  x.waiting->clear();
  auto i = lanes_.find(x.hop);
  if (i == lanes_.end())
    return;
  auto& to_hop = i->second;
  auto under_way =
    std::find(to_hop.unanswered.begin(), to_hop.unanswered.end(), x.waiting);
  if (under_way == to_hop.unanswered.end())
    return;
  to_hop.unanswered.erase(under_way);
  to_hop.unanswered_size -= x.size;
  to_hop.last_answer = now;
  to_hop.slow = to_hop.stuck = false;
  if (!to_hop.batches.empty())
    ready_.push_back(x.hop);
}

void unicast_lanes::answer_at_end(const deferred_reply_ptr& answer) {
  for (auto& entry : lanes_) {
    for (auto& waits : entry.second.batches)
      waits.waiting->add(answer, false);
    for (auto& under_way : entry.second.unanswered)
      under_way->add(answer, false);
    if (entry.second.free > 0)
      ask_first(entry.first, entry.second, answer);
  }
}

// Puts an empty batch before all others. Its answer shows that the connection
// has taken the batches that were sent before, which get no answer themselves.
void unicast_lanes::ask_first(peer_name hop, lane& to_hop,
                              const deferred_reply_ptr& answer) {
  to_hop.batches.push_front(
    {{}, std::make_shared<answers>(), 0, to_hop.sending});
  to_hop.batches.front().waiting->add(answer, false);
  ready_.push_back(hop);
}

bool unicast_lanes::check(instant now) {
  auto anything = false;
  for (auto i = lanes_.begin(); i != lanes_.end();) {
    auto& to_hop = i->second;
    auto silent_for =
      to_hop.unanswered.empty() ? duration{0} : now - to_hop.last_answer;
    to_hop.slow = silent_for >= next_hop::patience_for_relays;
    to_hop.stuck = silent_for >= next_hop::patience;
    if (to_hop.stuck && leave_sending(i->first, to_hop, now))
      to_hop.slow = to_hop.stuck = false;
    if (to_hop.slow)
      release_relays(to_hop);
    if (to_hop.stuck)
      drop(to_hop, takes_nothing());
    if (to_hop.free > 0 && to_hop.unanswered.empty() && to_hop.batches.empty())
      ask_first(i->first, to_hop, nullptr);
    if (to_hop.unanswered.empty() && to_hop.batches.empty()) {
      latest_ = nullptr;
      i = lanes_.erase(i);
      continue;
    }
    anything = true;
    ++i;
  }
  return anything;
}

// Whether something waits for an earlier connection.
bool unicast_lanes::has_earlier(const lane& x) {
  return (!x.unanswered.empty() && x.sending != x.to)
         || (!x.batches.empty() && x.batches.front().to != x.to);
}

// Whether the connection that got the last batch must take it before the next
// batch goes to another connection.
bool unicast_lanes::waits_for_earlier(const lane& x) {
  return !x.unanswered.empty() && x.batches.front().to != x.sending;
}

// Drops what waits for a connection that takes nothing, so that what waits for
// other connections to the same peer goes on.
// @returns false, with nothing dropped, if there is no other connection
bool unicast_lanes::leave_sending(peer_name hop, lane& x, instant now) {
  auto others =
    std::stable_partition(x.batches.begin(), x.batches.end(),
                          [&](const auto& y) { return y.to == x.sending; });
  if (others == x.batches.end() && x.sending == x.to)
    return false;
  std::deque<gathered> kept{std::make_move_iterator(others),
                            std::make_move_iterator(x.batches.end())};
  x.batches.erase(others, x.batches.end());
  drop(x, takes_nothing());
  x.unanswered.clear();
  x.unanswered_size = x.free = 0;
  x.batches = std::move(kept);
  for (const auto& y : x.batches)
    x.size += y.size;
  x.sending = x.batches.empty() ? x.to : x.batches.front().to;
  x.last_answer = now;
  if (!x.batches.empty())
    ready_.push_back(hop);
  return true;
}

void unicast_lanes::release_relays(lane& x) {
  for (auto& under_way : x.unanswered)
    under_way->of_relayed.clear();
  for (auto& waits : x.batches)
    waits.waiting->of_relayed.clear();
}

void unicast_lanes::drop(lane& x, const caf::error& why) {
  // Batches that the connection has not answered stay with the connection. The
  // senders of their unicasts are answered now, without waiting for the
  // connection.
  for (auto& under_way : x.unanswered)
    under_way->clear();
  for (auto& waits : x.batches) {
    dropped_ += waits.items.size();
    waits.waiting->note(why);
  }
  x.batches.clear();
  x.size = 0;
}

} // namespace cafmesh
