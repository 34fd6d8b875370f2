#include <cafmesh/detail/dot_ranges.hpp>

#include <algorithm>

#include "actors/core/crdt/dot_bytes.hpp"

namespace cafmesh {

namespace {

fingerprint digest_of_range(set_dot first, std::uint64_t last) {
  bytes description{0}; // an element's description begins with 1
  description.reserve(25);
  append_dot(description, first);
  append_u64(description, last);
  return fingerprint_of(description);
}

} // namespace

dot_ranges::summary_type::digest
dot_ranges::summary_type::digest_of(const set_dot& first, const range& x) {
  return {x.has_digest ? digest_of_range(first, x.last) : fingerprint{}};
}

const dot_ranges::range_map::value_type*
dot_ranges::range_at(set_dot x) const noexcept {
  const auto* found = ranges_.last_before({x.who, x.number + 1});
  return found && found->first.who == x.who && found->second.last >= x.number
           ? found
           : nullptr;
}

std::uint64_t dot_ranges::last_of(peer_uid who) const noexcept {
  const auto* found = ranges_.last_before({who, UINT64_MAX});
  return found && found->first.who == who ? found->second.last : 0;
}

std::vector<dot_ranges::number_pair>
dot_ranges::gaps(peer_uid who, std::uint64_t first, std::uint64_t last) const {
  std::vector<number_pair> result;
  auto end = last + 1;
  while (first < end) {
    const auto* x = ranges_.last_before({who, end});
    const bool is_below = !x || x->first.who != who || x->second.last < first;
    const auto next = is_below ? first : x->second.last + 1;
    if (next < end)
      result.emplace_back(next, end - 1);
    if (is_below)
      break;
    end = x->first.number;
  }
  std::reverse(result.begin(), result.end());
  return result;
}

void dot_ranges::insert(peer_uid who, std::uint64_t first, std::uint64_t last) {
  // Merges the new range with each range that overlaps it or is next to it.
  const auto* x = ranges_.last_before({who, last + 2});
  bool is_new = true;
  std::vector<set_dot> swallowed;
  while (x && x->first.who == who && x->second.last + 1 >= first) {
    is_new = false;
    const auto start = x->first;
    if (start.number <= first && x->second.last >= last)
      return;
    last = std::max(last, x->second.last);
    if (start.number <= first) {
      first = start.number;
      break;
    }
    swallowed.push_back(start);
    x = ranges_.last_before(start);
  }
  if (is_new && most_without_digest_ < SIZE_MAX)
    return ranges_.set({who, first}, {last, true});
  if (swallowed.empty()) {
    ranges_.set({who, first}, {last, false}, {});
  } else {
    auto joined = ranges_; // so that no dot is lost if there is no memory
    for (const auto& each : swallowed)
      joined.erase(each);
    joined.set({who, first}, {last, false}, {});
    ranges_ = std::move(joined);
  }
  if (ranges_.summary().without_digest > most_without_digest_)
    add_digests();
}

void dot_ranges::insert(
  const std::vector<std::pair<set_dot, std::uint64_t>>& xs) {
  if (xs.empty())
    return;
  const auto* last = ranges_.last_before({peer_uid{UINT64_MAX}, UINT64_MAX});
  if (xs.size() == 1 || (last && !(last->first.who < xs.front().first.who))) {
    for (const auto& [first, to] : xs)
      insert(first.who, first.number, to);
    return;
  }
  const bool has_digest = most_without_digest_ < SIZE_MAX;
  range_map::new_items items;
  for (const auto& [first, to] : xs) {
    const range x{to, has_digest};
    items.add(first, x, summary_type::digest_of(first, x));
  }
  ranges_.merge(std::move(items), [](const range&, const range&) {
    return false; // no two have the same key
  });
}

std::vector<dot_ranges::range_map::value_type> dot_ranges::waiting() const {
  std::vector<range_map::value_type> result;
  ranges_.visit([](const summary_type& x) { return x.without_digest > 0; },
                [&](const range_map::value_type& x) {
                  if (!x.second.has_digest)
                    result.push_back(x);
                });
  return result;
}

void dot_ranges::add_digests() {
  for (const auto& x : waiting())
    ranges_.set(x.first, {x.second.last, true});
}

digest_sum dot_ranges::digests_between(set_dot first, const bound& end) const {
  const auto sum = ranges_.summary(first, end).first;
  auto result = sum.content;
  if (sum.without_digest > 0)
    for (const auto& x : waiting())
      if (!(x.first < first) && (!end || x.first < *end))
        result += digest_of_range(x.first, x.second.last);
  return result;
}

std::pair<digest_sum, std::size_t> dot_ranges::summary(set_dot first,
                                                       const bound& end) const {
  if (end && !(first < *end))
    return {};
  auto inner_first = first;
  auto inner_end = end;
  std::pair<digest_sum, std::size_t> result;
  auto add_part = [&](set_dot from, std::uint64_t last) {
    result.first += digest_of_range(from, last);
    ++result.second;
  };
  // Ranges that cross a bound count only with the parts inside.
  const auto* before = first.number > 0 ? range_at(first) : nullptr;
  const auto* behind =
    end && end->number > 0 ? range_at({end->who, end->number - 1}) : nullptr;
  if (behind && behind->second.last < end->number)
    behind = nullptr;
  if (before && before->first == first && before != behind)
    before = nullptr;
  if (before) {
    const bool ends_behind = before == behind;
    add_part(first, ends_behind ? end->number - 1 : before->second.last);
    inner_first = {first.who, before->second.last + 1};
  }
  if (behind && behind != before) {
    add_part(behind->first, end->number - 1);
    inner_end = behind->first;
  }
  if (!inner_end || inner_first < *inner_end) {
    result.first += digests_between(inner_first, inner_end);
    result.second += (inner_end ? ranges_.position(*inner_end) : ranges_.size())
                     - ranges_.position(inner_first);
  }
  return result;
}

bool operator==(const dot_ranges& x, const dot_ranges& y) {
  return x.size() == y.size()
         && std::equal(x.ranges_.begin(), x.ranges_.end(), y.ranges_.begin(),
                       [](const auto& a, const auto& b) {
                         return a.first == b.first
                                && a.second.last == b.second.last;
                       });
}

} // namespace cafmesh
