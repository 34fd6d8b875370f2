#include "actors/core/dialling/attempt.hpp"

#include <utility>

namespace cafmesh {

attempt::attempt(const std::vector<std::string>& addresses, instant now)
    : next_(now) {
  for (const auto& x : addresses)
    if (waiting_.size() < most_addresses)
      waiting_.push_back({x, 0});
}

std::optional<attempt::dial> attempt::take_due(instant now) {
  if (waiting_.empty() || next_ > now)
    return std::nullopt;
  auto result = std::move(waiting_.front());
  waiting_.pop_front();
  running_.insert(result.address);
  next_ = now + head_start;
  return result;
}

std::optional<instant> attempt::next_due() const {
  if (waiting_.empty())
    return std::nullopt;
  return next_;
}

void attempt::failed(const std::string& address, instant now) {
  if (running_.erase(address) > 0)
    next_ = now;
}

void attempt::failed_with_password(const dial& x, instant now) {
  if (running_.erase(x.address) == 0)
    return;
  waiting_.push_front({x.address, x.password + 1});
  next_ = now;
}

} // namespace cafmesh
