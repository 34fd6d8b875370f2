#include "actors/core/directory/pool_choice.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh::names {

std::map<std::size_t, pool_choice::key>
pool_choice::set_members(const std::vector<member>& xs) {
  std::map<std::size_t, key> result;
  std::vector<one> next;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    auto same = std::find_if(members_.begin(), members_.end(), [&](auto& x) {
      return x.who.home == xs[i].home && x.who.actor == xs[i].actor;
    });
    if (same == members_.end()) {
      result[i] = ++last_;
      next.push_back({last_, xs[i], 0});
    } else {
      next.push_back(*same);
    }
  }
  members_ = std::move(next);
  return result;
}

std::vector<pool_choice::one>::iterator pool_choice::find(key x) {
  return std::find_if(members_.begin(), members_.end(),
                      [&](const one& y) { return y.id == x; });
}

void pool_choice::remove(key x) {
  if (auto i = find(x); i != members_.end())
    members_.erase(i);
}

std::optional<pool_choice::key> pool_choice::choose() {
  if (members_.empty())
    return std::nullopt;
  auto i = members_.begin();
  if (policy_ == policy::round_robin)
    i += static_cast<std::ptrdiff_t>(next_++ % members_.size());
  else if (policy_ == policy::least_outstanding)
    i = std::min_element(
      members_.begin(), members_.end(),
      [](const one& x, const one& y) { return x.outstanding < y.outstanding; });
  ++i->outstanding;
  return i->id;
}

void pool_choice::done(key x) {
  if (auto i = find(x); i != members_.end() && i->outstanding > 0)
    --i->outstanding;
}

std::vector<pool_choice::key> pool_choice::keys() const {
  std::vector<key> result;
  for (const auto& x : members_)
    result.push_back(x.id);
  return result;
}

} // namespace cafmesh::names
