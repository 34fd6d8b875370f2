#include "actors/core/directory/node_claims.hpp"

#include <algorithm>

#include "actors/core/directory/directory_limits.hpp"

namespace cafmesh::names {

bool node_claims::claim(const std::string& node, const life& x, instant now) {
  auto [i, is_new] = all_.try_emplace(node);
  auto& all = i->second;
  if (is_new) {
    all.holder = x;
    all.since = now;
    all.age = ++last_age_;
  } else if (all.until && all.holder.peer == x.peer) {
    end_keeping(node, all);
    all.holder = x;
    all.others.erase(x);
  } else if (all.holder != x) {
    all.others.insert(x);
  }
  const auto result = all.holder == x;
  if (auto other = kept_for_.find(x.peer);
      other != kept_for_.end() && other->second != node) {
    const auto kept = other->second;
    auto& old = all_.at(kept);
    keep(kept, old, std::min(*old.until, now + kept_beside));
  }
  return result;
}

void node_claims::give_up(const std::string& node, const life& x, instant now) {
  auto found = all_.find(node);
  if (found == all_.end())
    return;
  auto& all = found->second;
  all.others.erase(x);
  if (all.holder != x || all.until)
    return;
  auto other = kept_for_.find(x.peer);
  if (other == kept_for_.end())
    return keep(node, all, kept_until(all, now));
  const auto kept = other->second;
  auto& old = all_.at(kept);
  // Of the two IDs, only the ID that was claimed first is kept. The next call
  // of `expire` gives the other ID away.
  const auto is_older = all.age < old.age;
  keep(kept, old, is_older ? now : kept_until(old, now));
  keep(node, all, is_older ? kept_until(all, now) : now);
  kept_for_[x.peer] = is_older ? node : kept;
}

instant node_claims::kept_until(const claims& x, instant now) {
  return now
         + std::clamp<duration>(now - x.since, kept_beside,
                                duration{hidden_for});
}

void node_claims::keep(const std::string& node, claims& x, instant until) {
  if (x.until)
    kept_.erase({*x.until, node});
  x.until = until;
  kept_.emplace(until, node);
  kept_by_age_.emplace(x.age, node);
  kept_for_.emplace(x.holder.peer, node);
}

void node_claims::end_keeping(const std::string& node, claims& x) {
  kept_.erase({*x.until, node});
  kept_by_age_.erase(x.age);
  if (auto i = kept_for_.find(x.holder.peer);
      i != kept_for_.end() && i->second == node)
    kept_for_.erase(i);
  x.until.reset();
}

std::vector<life> node_claims::expire(instant now) {
  std::vector<life> result;
  while (!kept_.empty()) {
    const auto is_over = kept_.begin()->first <= now;
    if (!is_over && kept_.size() <= most_kept)
      break;
    const std::string node =
      is_over ? kept_.begin()->second : kept_by_age_.rbegin()->second;
    auto& all = all_.at(node);
    end_keeping(node, all);
    if (all.others.empty()) {
      all_.erase(node);
      continue;
    }
    all.holder = *all.others.begin();
    all.since = now;
    all.age = ++last_age_;
    all.others.erase(all.others.begin());
    result.push_back(all.holder);
  }
  return result;
}

std::optional<instant> node_claims::wake_at() const {
  if (kept_.empty())
    return std::nullopt;
  return kept_.begin()->first;
}

} // namespace cafmesh::names
