#include <utility>

#include "actors/core/crdt/compare.hpp"
#include <cafmesh/lww_map.hpp>

// Finds where two replicas of an `lww_map` differ.
namespace cafmesh {

static_assert(lww_map::max_key_size <= max_outline_key);

payload lww_map::outline(peer_name from) const {
  return payload{cafmesh::encode(outline_of_all(entries_, from))};
}

bool lww_map::is_outline(byte_view message) noexcept {
  return !message.empty() && message[0] == outline_format;
}

caf::expected<comparison> lww_map::compare(byte_view outline,
                                           peer_name self) const {
  auto theirs = decode_outline(outline);
  if (!theirs)
    return std::move(theirs.error());
  return comparer<entry_map>{entries_, self}.compare(*theirs);
}

payload lww_map::take_part(key_range& x) const {
  auto from = entries_.lower_bound(x.first);
  const auto to = x.end ? entries_.lower_bound(*x.end) : entries_.end();
  auto result = next_message(from, to);
  if (from != to)
    x.first = from->first;
  else
    x.end = x.first; // the range is empty
  return result;
}

} // namespace cafmesh
