#include "actors/core/remote/closing_queue.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh::remote {

void closing_queue::add(const closing& x, instant now) {
  if (fresh_.size() == most)
    return;
  fresh_.push_back(x);
  if (!fresh_due_)
    fresh_due_ = now + moment;
}

std::optional<instant> closing_queue::due_at() const {
  if (sent_once_.empty())
    return fresh_due_;
  const auto next = sent_once_.front().due;
  return fresh_due_ ? std::min(*fresh_due_, next) : next;
}

std::vector<closing> closing_queue::take_due(instant now) {
  std::vector<closing> result;
  auto later = std::find_if(sent_once_.begin(), sent_once_.end(),
                            [now](const auto& x) { return x.due > now; });
  for (auto i = sent_once_.begin(); i != later; ++i)
    result.push_back(i->what);
  sent_once_.erase(sent_once_.begin(), later);
  if (!fresh_due_ || now < *fresh_due_)
    return result;
  if (!tokens_.take(now)) {
    fresh_due_ = now + interval;
    return result;
  }
  fresh_due_.reset();
  for (const auto& x : std::exchange(fresh_, {})) {
    result.push_back(x);
    if (sent_once_.size() < most)
      sent_once_.push_back({x, now + repeat_after});
  }
  return result;
}

void closing_queue::remove(const closing& x) {
  auto is_it = [&x](const closing& y) {
    return y.peer == x.peer && y.uid == x.uid;
  };
  fresh_.erase(std::remove_if(fresh_.begin(), fresh_.end(), is_it),
               fresh_.end());
  sent_once_.erase(std::remove_if(sent_once_.begin(), sent_once_.end(),
                                  [&](const auto& y) { return is_it(y.what); }),
                   sent_once_.end());
  if (fresh_.empty())
    fresh_due_.reset();
}

} // namespace cafmesh::remote
