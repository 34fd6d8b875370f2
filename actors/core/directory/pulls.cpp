#include "actors/core/directory/pulls.hpp"

#include <algorithm>

namespace cafmesh::names {

void pulls::want(const header& x, peer_name source, peer_name via) {
  auto i = all_.find(x.of);
  if (i == all_.end()) {
    if (all_.size() >= max_wanted)
      return;
    auto& used = by_neighbour_[via];
    if (used.wanted >= max_wanted_per_neighbour)
      return;
    ++used.wanted;
    one next;
    next.wanted = x;
    next.source = source;
    next.via = via;
    all_.emplace(x.of, std::move(next));
    return;
  }
  auto& known = i->second;
  if (!supersedes(x, known.wanted))
    return;
  known.wanted = x;
  // If the source was asked already, it stays the source, because its answer is
  // on its way.
  if (!known.is_active)
    known.source = source;
}

void pulls::want_from_scratch(const header& x, peer_name source,
                              peer_name via) {
  want(x, source, via);
  if (auto* found = find(x.of)) {
    found->from_scratch = true;
    found->partial.reset();
  }
}

pulls::one* pulls::find(const life& x) {
  auto i = all_.find(x);
  return i == all_.end() ? nullptr : &i->second;
}

void pulls::done(const life& x) {
  auto i = all_.find(x);
  if (i == all_.end())
    return;
  stop(i->second);
  if (auto used = by_neighbour_.find(i->second.via); --used->second.wanted == 0)
    by_neighbour_.erase(used);
  all_.erase(i);
}

void pulls::source_failed(const life& x) {
  auto* found = find(x);
  if (!found)
    return;
  found->partial.reset();
  if (found->source == x.peer)
    return done(x);
  stop(*found);
  found->source = x.peer;
  found->tries = 0;
}

void pulls::stop(one& x) {
  if (!x.is_active)
    return;
  x.is_active = false;
  --active_;
  --by_neighbour_[x.via].active;
}

std::vector<std::pair<life, peer_name>> pulls::start(instant now) {
  std::vector<std::pair<life, peer_name>> result;
  for (auto& [of, x] : all_) {
    if (active_ >= max_active)
      break;
    auto& used = by_neighbour_[x.via];
    if (x.is_active || used.active >= max_active_per_neighbour)
      continue;
    x.is_active = true;
    ++active_;
    ++used.active;
    x.began = x.asked = now;
    x.tries = 1;
    result.emplace_back(of, x.source);
  }
  return result;
}

std::vector<std::pair<life, peer_name>> pulls::repeat(instant now) {
  std::vector<std::pair<life, peer_name>> result;
  std::vector<life> failed;
  for (auto& [of, x] : all_) {
    if (!x.is_active || x.asked + patience > now)
      continue;
    if (x.tries >= max_tries || x.began + most_time <= now) {
      failed.push_back(of);
      continue;
    }
    ++x.tries;
    x.asked = now;
    result.emplace_back(of, x.source);
  }
  for (const auto& x : failed)
    source_failed(x);
  return result;
}

void pulls::goes_on(const life& x, instant now) {
  if (auto* found = find(x)) {
    found->asked = now;
    found->tries = 1;
  }
}

std::optional<instant> pulls::wake_at() const {
  std::optional<instant> result;
  for (const auto& [of, x] : all_)
    if (x.is_active)
      result = std::min(result.value_or(instant::max()), x.asked + patience);
  return result;
}

} // namespace cafmesh::names
