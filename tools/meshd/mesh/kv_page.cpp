#include "tools/meshd/mesh/kv_page.hpp"

#include "tools/meshd/mesh/kv_batch.hpp"
#include "tools/meshd/mesh/utf8.hpp"

namespace meshd {

using cafmesh::lww_map;

kv_page page_of(const lww_map& map, const std::string& prefix,
                const std::string& after, std::size_t limit,
                std::size_t most_bytes) {
  constexpr std::size_t most_looked_at = 20'000;
  kv_page result;
  const auto& all = map.entries();
  auto from = after > prefix ? after : prefix;
  std::size_t looked_at = 0;
  std::size_t bytes = 0;
  std::string last;
  for (auto i = all.lower_bound(from); i != all.end(); ++i) {
    const auto& [key, entry] = *i;
    if (key.compare(0, prefix.size(), prefix) != 0)
      break;
    // Skips keys that are not UTF-8. C++ programs can use any bytes as a key,
    // but JSON cannot show them.
    if (key == after || !is_utf8(key))
      continue;
    if (result.entries.size() == limit || bytes >= most_bytes) {
      result.next = result.entries.back().key;
      break;
    }
    // Counts deleted entries, too. They are not shown, but looking at them
    // takes time.
    if (++looked_at > most_looked_at) {
      result.next = last;
      break;
    }
    last = key;
    if (entry.deleted)
      continue;
    bytes += entry.value.size();
    result.entries.push_back(
      {key, etag_of(entry), entry.owner.str(), entry.value});
  }
  return result;
}

} // namespace meshd
