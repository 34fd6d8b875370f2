#include "actors/core/directory/name_watch.hpp"

namespace cafmesh::names {

void name_watch::add(const shown_change& x) {
  if (wants_snapshot_)
    return;
  if (x.names) {
    for (const auto& name : *x.names)
      if (what_.matches(name))
        compare(x, name);
  } else if (what_.is_prefix) {
    compare_ranges(x);
  } else {
    compare(x, what_.text);
  }
}

void name_watch::compare(const shown_change& x, const std::string& name) {
  const auto* before = x.before.find(name);
  const auto* after = x.after.find(name);
  const bool is_same = before && after ? *before == *after : before == after;
  if (!is_same)
    add(name, x.of, after);
}

void name_watch::compare_ranges(const shown_change& x) {
  auto i = x.before.lower_bound(what_.text);
  auto j = x.after.lower_bound(what_.text);
  auto at_end = [&](const auto& k, const auto& all) {
    return k == all.end() || !what_.matches(k->first);
  };
  while (!wants_snapshot_) {
    const bool no_i = at_end(i, x.before), no_j = at_end(j, x.after);
    if (no_i && no_j)
      return;
    if (no_j || (!no_i && i->first < j->first)) {
      add(i->first, x.of, nullptr);
      ++i;
    } else if (no_i || j->first < i->first) {
      add(j->first, x.of, &j->second);
      ++j;
    } else {
      if (i.digest().content != j.digest().content)
        add(j->first, x.of, &j->second);
      ++i;
      ++j;
    }
  }
}

void name_watch::add(const std::string& name, life of, const entry* now) {
  if (wants_snapshot_)
    return;
  waiting_[{name, of}] = now ? std::optional{*now} : std::nullopt;
  if (waiting_.size() > max_waiting) {
    waiting_.clear();
    wants_snapshot_ = true;
  }
}

name_watch::news name_watch::take(const documents& all) {
  news result;
  result.is_snapshot = std::exchange(wants_snapshot_, false);
  for (auto& [key, now] : std::exchange(waiting_, {}))
    result.updates.push_back({key.first, key.second, std::move(now)});
  if (result.is_snapshot)
    all.visit_announced([&](const life& of, const entry_map& xs) {
      for (auto i = xs.lower_bound(what_.text);
           i != xs.end() && what_.matches(i->first); ++i)
        result.updates.push_back({i->first, of, i->second});
    });
  return result;
}

} // namespace cafmesh::names
