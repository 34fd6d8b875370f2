#include "tools/meshd/mesh/set_index.hpp"

#include <utility>

namespace meshd {

using cafmesh::observed_remove_set;

// `news` does not name the removed elements, only how many there are can be
// told at once. So each batch of changes that removes any looks through the
// set.
std::vector<std::string> set_index::removed_from(const observed_remove_set& now,
                                                 std::size_t added) const {
  std::vector<std::string> result;
  auto count = all_.size() + added - now.size();
  auto i = now.elements().begin();
  for (auto x = all_.begin(); result.size() < count && x != all_.end(); ++x) {
    while (i != now.elements().end() && i->first < *x)
      ++i;
    if (i == now.elements().end() || i->first != *x)
      result.push_back(*x);
  }
  return result;
}

std::vector<set_change> set_index::apply(const observed_remove_set& now,
                                         const observed_remove_set& news) {
  std::vector<std::string> added;
  for (const auto& x : news.elements())
    if (all_.count(x.first) == 0 && now.contains(x.first))
      added.push_back(x.first);
  auto removed = removed_from(now, added.size());
  std::vector<set_change> result;
  std::lock_guard<std::mutex> guard{mutex_};
  for (auto& x : removed) {
    all_.erase(x);
    if (is_filled_ && is_utf8(x))
      result.push_back({std::move(x), false});
  }
  for (auto& x : added) {
    if (is_filled_ && is_utf8(x))
      result.push_back({x, true});
    all_.insert(std::move(x));
  }
  is_filled_ = true;
  return result;
}

text_page set_index::page(const std::string& after, std::size_t limit) const {
  std::lock_guard<std::mutex> guard{mutex_};
  return page_of(
    all_, {}, after, limit, [](const auto& x) -> const auto& { return x; });
}

} // namespace meshd
