#include "actors/core/directory/change_log.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh::names {

std::size_t change_log::size_of(const step& x) {
  auto result = sizeof(step);
  for (const auto& name : x.names)
    result += sizeof(name) + name.size();
  return result;
}

void change_log::add(std::uint64_t version, fingerprint content,
                     std::vector<std::string> names, std::size_t limit) {
  steps_.push_back({version, content, std::move(names)});
  bytes_ += size_of(steps_.back());
  // The latest step stays even if it exceeds the limit, because it is the
  // document's present version.
  while (bytes_ > limit && steps_.size() > 1) {
    bytes_ -= size_of(steps_.front());
    steps_.pop_front();
  }
  // Only a peer with an earlier version would need the names of the first step,
  // and the log has forgotten all earlier versions.
  auto& first = steps_.front();
  bytes_ -= size_of(first);
  first.names = {};
  bytes_ += size_of(first);
}

void change_log::clear() {
  steps_.clear();
  bytes_ = 0;
}

change_log::steps::const_iterator change_log::find(std::uint64_t version,
                                                   fingerprint content) const {
  auto i = std::lower_bound(
    steps_.begin(), steps_.end(), version,
    [](const step& x, std::uint64_t v) { return x.version < v; });
  const bool is_same =
    i != steps_.end() && i->version == version && i->content == content;
  return is_same ? i : steps_.end();
}

std::optional<std::set<std::string>>
change_log::since(std::uint64_t version, fingerprint content) const {
  auto i = find(version, content);
  if (i == steps_.end())
    return std::nullopt;
  std::set<std::string> result;
  for (++i; i != steps_.end(); ++i)
    result.insert(i->names.begin(), i->names.end());
  return result;
}

std::optional<std::size_t> change_log::count_since(std::uint64_t version,
                                                   fingerprint content) const {
  auto i = find(version, content);
  if (i == steps_.end())
    return std::nullopt;
  std::size_t result = 0;
  for (++i; i != steps_.end(); ++i)
    result += i->names.size();
  return result;
}

} // namespace cafmesh::names
