#include "actors/core/remote/topic_gaps.hpp"

#include <algorithm>

namespace cafmesh::remote {

void topic_gaps::heard(const std::string& topic, std::uint64_t publisher,
                       std::uint64_t number) {
  auto [i, is_new] = all_.try_emplace({topic, publisher});
  auto& x = i->second;
  if (is_new) {
    by_age_.push_back(i->first);
    x.age = std::prev(by_age_.end());
  } else {
    by_age_.splice(by_age_.end(), by_age_, x.age);
    present_ -= x.missing();
  }
  auto is_far = number + farthest < x.first || number > x.last + farthest;
  if (is_new || is_far) {
    past_ += is_new ? 0 : x.missing();
    x.first = x.last = number;
    x.received = 1;
  } else {
    x.first = std::min(x.first, number);
    x.last = std::max(x.last, number);
    ++x.received;
  }
  present_ += x.missing();
  if (all_.size() > most)
    end(all_.find(by_age_.front()));
}

void topic_gaps::forget(const std::string& topic) {
  auto i = all_.lower_bound({topic, 0});
  while (i != all_.end() && i->first.first == topic)
    i = end(i);
}

topic_gaps::counts::iterator topic_gaps::end(counts::iterator i) {
  past_ += i->second.missing();
  present_ -= i->second.missing();
  by_age_.erase(i->second.age);
  return all_.erase(i);
}

} // namespace cafmesh::remote
