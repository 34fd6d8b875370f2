#include "tools/meshd/mesh/kv_changes.hpp"

#include <utility>

#include "tools/meshd/mesh/kv_batch.hpp"

namespace meshd {

using cafmesh::lww_map;

std::vector<kv_change> changes_since(const lww_map& before, const lww_map& now,
                                     const lww_map& news) {
  std::vector<kv_change> result;
  for (const auto& [key, entry] : news.entries()) {
    const auto* old = before.find(key);
    auto old_etag = old ? etag_of(*old) : std::string{};
    auto etag = entry.deleted ? std::string{} : etag_of(entry);
    if (etag != old_etag)
      result.push_back(
        {key, std::move(etag), std::move(old_etag), entry.value});
  }
  if (&news != &now)
    return result;
  for (const auto& [key, entry] : before.entries())
    if (!entry.deleted && !now.entries().find(key))
      result.push_back({key, {}, etag_of(entry), {}});
  return result;
}

} // namespace meshd
