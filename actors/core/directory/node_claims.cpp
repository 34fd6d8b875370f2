#include "actors/core/directory/node_claims.hpp"

#include "actors/core/directory/directory_limits.hpp"

namespace cafmesh::names {

bool node_claims::claim(const std::string& node, const life& x) {
  auto [i, is_new] = all_.try_emplace(node);
  auto& all = i->second;
  if (is_new) {
    all.holder = x;
    all.age = ++last_age_;
  } else if (all.kept_since && all.holder.peer == x.peer) {
    end_keeping(node, all);
    all.holder = x;
    all.others.erase(x);
  } else if (all.holder != x) {
    all.others.insert(x);
  }
  return all.holder == x;
}

void node_claims::give_up(const std::string& node, const life& x, instant now) {
  auto found = all_.find(node);
  if (found == all_.end())
    return;
  auto& all = found->second;
  all.others.erase(x);
  if (all.holder != x || all.kept_since)
    return;
  all.kept_since = now;
  kept_.emplace(now, node);
  kept_by_age_.emplace(all.age, node);
}

void node_claims::rename(const std::string& node, const life& ours) {
  if (auto found = all_.find(node); found != all_.end())
    found->second.holder = ours;
}

void node_claims::end_keeping(const std::string& node, claims& x) {
  kept_.erase({*x.kept_since, node});
  kept_by_age_.erase(x.age);
  x.kept_since.reset();
}

std::vector<life> node_claims::expire(instant now) {
  std::vector<life> result;
  while (!kept_.empty()) {
    const auto is_over = kept_.begin()->first + hidden_for <= now;
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
    all.age = ++last_age_;
    all.others.erase(all.others.begin());
    result.push_back(all.holder);
  }
  return result;
}

std::optional<instant> node_claims::wake_at() const {
  if (kept_.empty())
    return std::nullopt;
  return kept_.begin()->first + hidden_for;
}

} // namespace cafmesh::names
