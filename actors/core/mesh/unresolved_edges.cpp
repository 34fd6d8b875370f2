#include "actors/core/mesh/unresolved_edges.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace cafmesh {

const unresolved_edges::edges& unresolved_edges::of(slot owner) const {
  static const edges nothing;
  auto i = by_owner_.find(owner);
  return i == by_owner_.end() ? nothing : i->second;
}

void unresolved_edges::replace(slot owner, edges xs) {
  for (const auto& x : of(owner))
    by_name_.erase({x.remote, owner});
  if (xs.empty()) {
    by_owner_.erase(owner);
    return;
  }
  for (const auto& x : xs)
    by_name_.emplace(x.remote, owner);
  by_owner_[owner] = std::move(xs);
}

void unresolved_edges::add(slot owner, edges xs) {
  if (xs.empty())
    return;
  for (const auto& x : xs)
    by_name_.emplace(x.remote, owner);
  auto& all = by_owner_[owner];
  auto middle = static_cast<std::ptrdiff_t>(all.size());
  all.insert(all.end(), std::make_move_iterator(xs.begin()),
             std::make_move_iterator(xs.end()));
  std::inplace_merge(
    all.begin(), all.begin() + middle, all.end(),
    [](const auto& x, const auto& y) { return x.remote < y.remote; });
}

unresolved_edges::edges
unresolved_edges::take(slot owner, const std::vector<peer_name>& remotes) {
  edges result;
  auto& all = by_owner_.at(owner);
  auto next = remotes.begin();
  auto kept = all.begin();
  for (auto x = all.begin(); x != all.end(); ++x) {
    if (next != remotes.end() && x->remote == *next) {
      by_name_.erase({*next++, owner});
      result.push_back(std::move(*x));
    } else {
      if (kept != x)
        *kept = std::move(*x);
      ++kept;
    }
  }
  all.erase(kept, all.end());
  if (all.empty())
    by_owner_.erase(owner);
  return result;
}

std::vector<slot>
unresolved_edges::owners_naming(const peer_name& remote) const {
  std::vector<slot> result;
  auto i = by_name_.lower_bound({remote, slot{}});
  for (; i != by_name_.end() && i->first == remote; ++i)
    result.push_back(i->second);
  return result;
}

std::vector<slot> unresolved_edges::owners() const {
  std::vector<slot> result;
  for (const auto& [owner, xs] : by_owner_)
    result.push_back(owner);
  return result;
}

} // namespace cafmesh
