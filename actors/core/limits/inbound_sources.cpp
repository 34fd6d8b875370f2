#include "actors/core/limits/inbound_sources.hpp"

#include <algorithm>

namespace cafmesh {

namespace {

// A source with less than 1 / `smallest_part` of all connections loses none.
constexpr std::size_t smallest_part = 4;

} // namespace

void inbound_sources::add(connection_id id, const ip_address& from) {
  auto key = from.source().bytes();
  if (connections_.emplace(id, key).second)
    ++counts_[key];
}

void inbound_sources::remove(connection_id id) {
  auto i = connections_.find(id);
  if (i == connections_.end())
    return;
  if (auto count = counts_.find(i->second); --count->second == 0)
    counts_.erase(count);
  connections_.erase(i);
}

std::size_t inbound_sources::count(const ip_address& from) const {
  auto i = counts_.find(from.source().bytes());
  return i == counts_.end() ? 0 : i->second;
}

std::optional<connection_id>
inbound_sources::to_close(std::size_t least) const {
  auto most = std::max_element(
    counts_.begin(), counts_.end(),
    [](const auto& x, const auto& y) { return x.second < y.second; });
  if (most == counts_.end() || most->second < least
      || most->second * smallest_part < connections_.size())
    return std::nullopt;
  auto newest =
    std::find_if(connections_.rbegin(), connections_.rend(),
                 [&](const auto& x) { return x.second == most->first; });
  return newest->first;
}

} // namespace cafmesh
