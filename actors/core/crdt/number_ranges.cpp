#include "actors/core/crdt/number_ranges.hpp"

#include <algorithm>
#include <iterator>

namespace cafmesh {

namespace {

number_ranges::range_map::const_iterator
first_ending_at(const number_ranges::range_map& ranges, std::uint64_t x) {
  auto i = ranges.upper_bound(x);
  if (i != ranges.begin() && std::prev(i)->second >= x)
    --i;
  return i;
}

} // namespace

bool number_ranges::contains(std::uint64_t x) const {
  auto i = first_ending_at(ranges_, x);
  return i != ranges_.end() && i->first <= x;
}

void number_ranges::insert(std::uint64_t first, std::uint64_t last) {
  auto i = first_ending_at(ranges_, first - 1);
  while (i != ranges_.end() && i->first <= last + 1) {
    first = std::min(first, i->first);
    last = std::max(last, i->second);
    i = ranges_.erase(i);
  }
  ranges_.emplace_hint(i, first, last);
}

void number_ranges::insert(const number_ranges& other) {
  for (const auto& [first, last] : other.ranges_)
    insert(first, last);
}

number_ranges number_ranges::without(const number_ranges& other) const {
  number_ranges result;
  for (const auto& range : ranges_) {
    auto next = range.first;
    auto i = first_ending_at(other.ranges_, next);
    for (; i != other.ranges_.end() && i->first <= range.second; ++i) {
      if (i->first > next)
        result.insert(next, i->first - 1);
      next = i->second + 1;
    }
    if (next <= range.second)
      result.insert(next, range.second);
  }
  return result;
}

} // namespace cafmesh
