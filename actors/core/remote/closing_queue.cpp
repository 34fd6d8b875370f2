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
  if (!fresh_due_ || !repeat_due_)
    return fresh_due_ ? fresh_due_ : repeat_due_;
  return std::min(*fresh_due_, *repeat_due_);
}

std::vector<closing> closing_queue::take_due(instant now) {
  std::vector<closing> result;
  if (repeat_due_ && *repeat_due_ <= now) {
    result = std::exchange(sent_once_, {});
    repeat_due_.reset();
  }
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
      sent_once_.push_back(x);
  }
  if (!repeat_due_)
    repeat_due_ = now + repeat_after;
  return result;
}

} // namespace cafmesh::remote
