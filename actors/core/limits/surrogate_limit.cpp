#include "actors/core/limits/surrogate_limit.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh {

surrogate_limit::surrogate_limit(std::size_t most)
    : most_(most), most_for_each_(std::max<std::size_t>(1, most / 2)) {
}

surrogate_limit::room surrogate_limit::add(const std::string& name,
                                           peer_name neighbour, instant now,
                                           std::size_t neighbours,
                                           channel_usage_ptr usage) {
  if (most_ == 0)
    return {};
  auto [of, is_new] = namers_.try_emplace(
    neighbour, namer{token_bucket{names_at_once, interval_per_name, now}, 0});
  auto names =
    std::min<std::size_t>(1 + neighbours / senders_per_name, names_at_once / 2);
  if (!of->second.names.take(now, static_cast<std::uint32_t>(names)))
    return {};
  room result;
  if (of->second.channels >= most_for_each_)
    result.ends = least_recent_of(neighbour);
  else if (channels_.size() >= most_)
    result.ends = least_recent_of(greatest_namer());
  // This must precede the call of `remove`, which erases the entry of a
  // neighbour whose count becomes 0, and so could invalidate `of`.
  ++of->second.channels;
  if (result.ends)
    remove(*result.ends);
  result.usage =
    usage ? std::move(usage) : std::make_shared<channel_usage>(now);
  channels_.emplace(name, known{neighbour, result.usage});
  return result;
}

void surrogate_limit::remove(const std::string& name) {
  auto i = channels_.find(name);
  if (i == channels_.end())
    return;
  auto of = namers_.find(i->second.neighbour);
  if (--of->second.channels == 0)
    namers_.erase(of);
  channels_.erase(i);
}

std::vector<std::string> surrogate_limit::take_idle(duration limit,
                                                    instant now) {
  std::vector<std::string> result;
  for (const auto& [name, x] : channels_)
    if (now - x.usage->last() >= limit)
      result.push_back(name);
  for (const auto& name : result)
    remove(name);
  return result;
}

std::string surrogate_limit::least_recent_of(peer_name neighbour) const {
  const std::string* result = nullptr;
  instant oldest{};
  for (const auto& [name, x] : channels_) {
    auto last = x.usage->last();
    if (x.neighbour == neighbour && (!result || last < oldest)) {
      result = &name;
      oldest = last;
    }
  }
  return result ? *result : std::string{};
}

peer_name surrogate_limit::greatest_namer() const {
  return std::max_element(namers_.begin(), namers_.end(),
                          [](const auto& x, const auto& y) {
                            return x.second.channels < y.second.channels;
                          })
    ->first;
}

} // namespace cafmesh
