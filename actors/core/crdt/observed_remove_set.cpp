#include <cafmesh/observed_remove_set.hpp>

#include <algorithm>
#include <utility>

#include "actors/core/crdt/dot_bytes.hpp"
#include "actors/core/crdt/number_ranges.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

// The approximate memory in bytes of the tree nodes for one range or one
// element.
constexpr std::size_t range_cost = 108;
constexpr std::size_t element_cost = 208;

// The element is stored twice, by dot and by name.
constexpr std::size_t cost_of_size(std::size_t size) {
  return element_cost + 2 * size;
}

// An addition may also need a new range.
constexpr std::size_t most_cost_of(std::size_t size) {
  return cost_of_size(size) + range_cost;
}

std::vector<dot_ranges::number_pair>
without(const std::vector<dot_ranges::number_pair>& ranges,
        const number_ranges& ignored) {
  number_ranges all;
  for (const auto& [first, last] : ranges)
    all.insert(first, last);
  const auto rest = all.without(ignored);
  return {rest.ranges().begin(), rest.ranges().end()};
}

} // namespace

fingerprint observed_remove_set::summary::digest_of(dot x,
                                                    std::string_view element) {
  bytes description{1}; // a range's description begins with 0
  description.reserve(element.size() + 17);
  append_dot(description, x);
  description.insert(description.end(), element.begin(), element.end());
  return fingerprint_of(description);
}

observed_remove_set observed_remove_set::empty_change() {
  observed_remove_set result{unlimited};
  result.known_ = dot_ranges::without_digests();
  return result;
}

std::size_t observed_remove_set::memory() const noexcept {
  return present_.size() * element_cost + 2 * present_.summary().size
         + known_.size() * range_cost;
}

bool observed_remove_set::has_room_for(std::size_t size) const noexcept {
  const auto used = memory();
  return used <= limit_ && size <= limit_ - used;
}

bool observed_remove_set::is_full() const noexcept {
  return !has_room_for(most_cost_of(64));
}

caf::expected<observed_remove_set>
observed_remove_set::add(std::string_view element, peer_uid who) const {
  if (element.size() > max_element_size)
    return make_error(errc::too_large, "element of "
                                         + std::to_string(element.size())
                                         + " bytes, the limit is "
                                         + std::to_string(max_element_size));
  if (who == peer_uid::none)
    return make_error(errc::unknown_peer, "an addition needs a peer's UID");
  if (!has_room_for(most_cost_of(element.size()))) {
    // An element that is already in the set is not added again. The new
    // addition would replace the earlier ones, and there might be no room for
    // it.
    if (contains(element))
      return empty_change();
    return make_error(errc::too_large,
                      "the set is full: it takes " + std::to_string(memory())
                        + " bytes, the limit is " + std::to_string(limit_));
  }
  // The new addition replaces all earlier additions of the element, so the set
  // usually stores one addition per element.
  auto result = remove(element);
  const dot added{who, known_.last_of(who) + 1};
  result.learn(added);
  result.put(added, element, summary::digest_of(added, element));
  return result;
}

observed_remove_set
observed_remove_set::remove(std::string_view element) const {
  auto result = empty_change();
  if (const auto* dots = elements_.find(element))
    for (const auto& x : *dots)
      result.learn(x);
  return result;
}

// Merges all removals first, because they make room for additions.
std::optional<observed_remove_set>
observed_remove_set::merge(const observed_remove_set& other) {
  auto news = empty_change();
  merge_removals(other, news);
  std::vector<std::pair<dot, std::uint64_t>> learned;
  auto addition = other.present_.begin();
  const auto end = other.present_.end();
  for (const auto& [first, range] : other.known_.all()) {
    auto fresh = known_.gaps(first.who, first.number, range.last);
    number_ranges ignored;
    for (; addition != end && !(dot{first.who, range.last} < addition->first);
         ++addition)
      if (!merge_addition(addition, news))
        ignored.insert(addition->first.number);
    if (!ignored.empty())
      fresh = without(fresh, ignored);
    if (!has_room_for(fresh.size() * range_cost))
      leave_out_strays(first.who, fresh, other);
    for (const auto& [from, to] : fresh) {
      known_.insert(first.who, from, to);
      learned.emplace_back(dot{first.who, from}, to);
    }
  }
  news.known_.insert(learned);
  if (news.known_.empty())
    return std::nullopt;
  return news;
}

// Removes the additions that we still have but that the other replica has seen
// and removed.
void observed_remove_set::merge_removals(const observed_remove_set& other,
                                         observed_remove_set& news) {
  std::vector<dot> removed;
  for (const auto& [first, range] : other.known_.all()) {
    const dot last{first.who, range.last};
    auto mine = present_.lower_bound(first);
    if (mine == present_.end() || last < mine->first)
      continue;
    auto theirs = other.present_.lower_bound(mine->first);
    for (; mine != present_.end() && !(last < mine->first); ++mine) {
      while (theirs != other.present_.end() && theirs->first < mine->first)
        ++theirs;
      if (theirs == other.present_.end() || !(theirs->first == mine->first))
        removed.push_back(mine->first);
    }
  }
  for (auto x : removed) {
    drop(x);
    news.learn(x);
  }
}

// Takes over an addition if we have not seen it. Returns false if the addition
// is new but there is no room for it. An honest peer never gives one number to
// two elements. If a dishonest peer does, every replica keeps the element that
// comes later in lexicographic order.
bool observed_remove_set::merge_addition(
  const addition_map::const_iterator& addition, observed_remove_set& news) {
  const auto& [x, element] = *addition;
  const bool is_known = known_.contains(x);
  if (is_known) {
    const auto* mine = present_.find(x);
    if (!mine || *mine >= element)
      return true;
  }
  if (!has_room_for(most_cost_of(element.size()))) {
    ++refused_;
    return is_known;
  }
  if (is_known) {
    drop(x);
    news.learn(x);
  }
  put(addition);
  news.put(addition);
  return true;
}

// In a full set, leaves out ranges of numbers that would take more memory.
// These ranges have no element in `other`, and are not next to numbers that we
// have seen.
void observed_remove_set::leave_out_strays(peer_uid who,
                                           std::vector<number_pair>& fresh,
                                           const observed_remove_set& other) {
  auto is_stray = [&](const number_pair& x) {
    const auto i = other.present_.lower_bound({who, x.first});
    const bool has_element =
      i != other.present_.end() && !(dot{who, x.second} < i->first);
    return !has_element && !known_.contains({who, x.first - 1})
           && !known_.contains({who, x.second + 1});
  };
  const auto end = std::remove_if(fresh.begin(), fresh.end(), is_stray);
  refused_ += static_cast<std::uint64_t>(fresh.end() - end);
  fresh.erase(end, fresh.end());
}

void observed_remove_set::put(dot x, std::string_view element,
                              fingerprint digest) {
  present_.set(x, std::string{element}, digest);
  elements_.change(element, [x](dot_set& dots) { dots.insert(x); });
}

void observed_remove_set::put(const addition_map::const_iterator& addition) {
  present_.set(addition);
  elements_.change(addition->second,
                   [x = addition->first](dot_set& dots) { dots.insert(x); });
}

// If an earlier change ran out of memory, the dot may lack its element.
void observed_remove_set::drop(dot x) {
  const auto& element = *present_.find(x);
  const auto* dots = elements_.find(element);
  if (dots && dots->size() == 1 && *dots->begin() == x)
    elements_.erase(element);
  else if (dots)
    elements_.change(element, [x](dot_set& kept) { kept.erase(x); });
  present_.erase(x);
}

void observed_remove_set::set_date(wall_time now) {
  // Adds a second, because our own additions may have numbers up to a second
  // ahead of the limit.
  auto limit =
    reachable(now + std::chrono::seconds{1}, max_additions_per_second);
  // The limit grows with the date, so stored numbers can exceed it only if the
  // date was set back.
  if (now < date_) {
    const auto known = known_.all();
    for (const auto& [first, range] : known)
      if (range.last > limit)
        forget_forged(first, range.last, limit);
  }
  date_ = now;
}

bool observed_remove_set::is_ahead_of(wall_time now) const {
  return known_.greatest() > reachable(now, max_additions_per_second);
}

// Forgets a range of numbers that ends too high to be honest. The whole range
// is forgotten, because replicas with different dates would cut it at different
// numbers. Numbers within the limit stay if their elements are still in the
// set.
void observed_remove_set::forget_forged(dot first, std::uint64_t last,
                                        std::uint64_t limit) {
  std::vector<dot> present;
  for (auto i = present_.lower_bound(first);
       i != present_.end() && !(dot{first.who, last} < i->first); ++i)
    present.push_back(i->first);
  known_.erase(first);
  for (auto x : present)
    if (x.number <= limit)
      learn(x);
    else
      drop(x);
}

bool operator==(const observed_remove_set& x, const observed_remove_set& y) {
  return x.present_.size() == y.present_.size()
         && x.present_.summary().content == y.present_.summary().content
         && x.known_ == y.known_;
}

} // namespace cafmesh
