#include "tools/meshd/mesh/kv_page.hpp"

#include "tools/meshd/mesh/kv_batch.hpp"
#include "tools/meshd/mesh/listing.hpp"

namespace meshd {

using cafmesh::lww_map;

kv_page page_of(const lww_map& map, const std::string& prefix,
                const std::string& after, std::size_t limit, bool with_values) {
  const auto most = with_values ? longest_page_of_values : longest_page;
  kv_page result;
  std::size_t bytes = 0;
  auto visit = [&](const auto& item) {
    const auto& [key, entry] = item;
    if (result.entries.size() == limit || bytes >= most)
      return false;
    // Deleted entries are not shown, but count towards the limit on entries to
    // look at.
    if (entry.deleted)
      return true;
    bytes += size_in_json(key) + (with_values ? entry.value.size() : 0);
    result.entries.push_back(
      {key, etag_of(entry), entry.owner.str(), entry.value});
    return true;
  };
  result.next = visit_listed(
    map.entries(), prefix, after,
    [](const auto& x) -> const auto& { return x.first; }, visit);
  return result;
}

} // namespace meshd
