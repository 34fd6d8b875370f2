#include "tools/meshd/mesh/set_index.hpp"

#include <utility>

namespace meshd {

using cafmesh::observed_remove_set;

namespace {

/// The texts that are no longer in the set, at most `most` of them.
std::vector<std::string> removed_from(const std::set<std::string>& all,
                                      const observed_remove_set& now,
                                      std::size_t most) {
  std::vector<std::string> result;
  auto i = now.elements().begin();
  for (auto x = all.begin(); result.size() < most && x != all.end(); ++x) {
    while (i != now.elements().end() && i->first < *x)
      ++i;
    if (i == now.elements().end() || i->first != *x)
      result.push_back(*x);
  }
  return result;
}

} // namespace

// `news` does not name the removed elements. The sizes of the sets show only
// how many were removed. So if any were removed, this function searches the
// whole set.
std::vector<set_change> set_index::apply(const observed_remove_set& now,
                                         const observed_remove_set& news) {
  std::vector<std::string> added;
  for (const auto& each : news.elements()) {
    const auto& x = each.first;
    if (listed_.count(x) > 0 || hidden_.count(x) > 0 || !now.contains(x))
      continue;
    if (is_listed(x))
      added.push_back(x);
    else
      hidden_.insert(x);
  }
  auto count = listed_.size() + hidden_.size() + added.size() - now.size();
  auto gone = removed_from(hidden_, now, count);
  for (const auto& x : gone)
    hidden_.erase(x);
  return take(removed_from(listed_, now, count - gone.size()),
              std::move(added));
}

std::vector<set_change> set_index::take(std::vector<std::string> removed,
                                        std::vector<std::string> added) {
  std::vector<set_change> result;
  std::lock_guard<std::mutex> guard{mutex_};
  for (auto& x : removed) {
    listed_.erase(x);
    if (is_filled_)
      result.push_back({std::move(x), false});
  }
  for (auto& x : added) {
    if (is_filled_)
      result.push_back({x, true});
    listed_.insert(std::move(x));
  }
  is_filled_ = true;
  return result;
}

text_page set_index::page(const std::string& after, std::size_t limit) const {
  std::lock_guard<std::mutex> guard{mutex_};
  return page_of(
    listed_, {}, after, limit, [](const auto& x) -> const auto& { return x; });
}

} // namespace meshd
