#include "actors/core/remote/large_lane.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "actors/core/remote/costs.hpp"

namespace cafmesh::remote {

void large_lane::add(waiting_frame x, frame_ends ends) {
  auto& waiting = queues_[ends.receiver].entries;
  if (waiting.empty())
    later_.push_back(ends.receiver);
  if (ends.sender != 0)
    ++senders_[ends.sender];
  waiting.push_back({std::move(x), ends.sender});
}

void large_lane::add_behind(waiting_frame x, std::uint64_t sender) {
  behind_[sender].push_back(std::move(x));
}

void large_lane::begin_more() {
  while (begun_.size() < most_begun && !later_.empty()) {
    begun_.push_back(later_.front());
    later_.pop_front();
  }
}

large_lane::sent_fragment large_lane::append_next(bytes& out) {
  if (!given_up_.empty()) {
    append_fragment(out, {given_up_.front(), 0, 0}, {});
    given_up_.pop_front();
    return {};
  }
  begin_more();
  auto receiver = begun_.front();
  begun_.pop_front();
  auto& from = queues_.at(receiver);
  if (from.message == 0)
    from.message = ++last_message_;
  const auto& frame = from.entries.front().frame;
  byte_view part = byte_view{frame.body}.sub(from.offset, fragment_);
  append_fragment(out, {from.message, from.offset, frame.body.size()}, part);
  from.offset += part.size();
  sent_fragment result{from.message, frame.label, part.size(), frame.is_answer};
  if (from.offset == frame.body.size())
    finish_first(receiver);
  else
    begun_.push_back(receiver);
  return result;
}

// Removes a receiver's first entry, which is a large message. Also releases the
// small frames that waited behind it.
// @pre the receiver is not in `begun_`
void large_lane::finish_first(std::uint64_t receiver) {
  auto found = queues_.find(receiver);
  auto& waiting = found->second.entries;
  auto sender = waiting.front().sender;
  waiting.pop_front();
  remove_entry_of(sender);
  while (!waiting.empty() && !is_large(waiting.front().frame.body.size())) {
    release(std::move(waiting.front()));
    waiting.pop_front();
  }
  if (waiting.empty()) {
    queues_.erase(found);
    return;
  }
  found->second.message = 0;
  found->second.offset = 0;
  later_.push_back(receiver);
}

void large_lane::release(entry x) {
  released_.push_back(std::move(x.frame));
  remove_entry_of(x.sender);
}

// To be called after an entry of the sender has been removed. If that was its
// last one, releases the sender's frames that `add_behind` has kept back.
void large_lane::remove_entry_of(std::uint64_t sender) {
  auto found = senders_.find(sender);
  if (found == senders_.end() || --found->second > 0)
    return;
  senders_.erase(found);
  if (auto held = behind_.find(sender); held != behind_.end()) {
    std::move(held->second.begin(), held->second.end(),
              std::back_inserter(released_));
    behind_.erase(held);
  }
}

void large_lane::append_labels(const std::set<std::uint64_t>& without,
                               std::vector<std::uint64_t>& out) const {
  for (const auto& [receiver, x] : queues_)
    for (std::size_t i = 0; i < x.entries.size(); ++i) {
      auto label = x.entries[i].frame.label;
      auto is_known = i == 0 && without.count(x.message) != 0;
      if (label != 0 && !is_known)
        out.push_back(label);
    }
}

std::uint64_t large_lane::give_up(std::uint64_t message) {
  if (std::find(given_up_.begin(), given_up_.end(), message) == given_up_.end())
    given_up_.push_back(message);
  auto of = std::find_if(begun_.begin(), begun_.end(), [&](std::uint64_t x) {
    return queues_.at(x).message == message;
  });
  if (of == begun_.end())
    return 0;
  auto receiver = *of;
  begun_.erase(of);
  const auto& from = queues_.at(receiver);
  auto rest = from.entries.front().frame.body.size() - from.offset;
  auto fragments = (rest + fragment_ - 1) / fragment_;
  finish_first(receiver);
  return rest + fragments * cost_of_frame(0);
}

} // namespace cafmesh::remote
