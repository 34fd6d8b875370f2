#include <cafmesh/observed_remove_set.hpp>

#include <algorithm>
#include <utility>

#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

// The approximate memory in bytes of the std::map and std::set nodes for one
// life, one range or one element.
constexpr std::size_t life_cost = 144;
constexpr std::size_t range_cost = 64;
constexpr std::size_t element_cost = 272;

// The element is stored twice, by number and by name.
constexpr std::size_t cost_of_size(std::size_t size) {
  return element_cost + 2 * size;
}

// An addition may also need a new range, and a new item in `lives_`.
constexpr std::size_t most_cost_of(std::size_t size) {
  return cost_of_size(size) + range_cost + life_cost;
}

} // namespace

std::size_t observed_remove_set::cost_of(std::string_view element) {
  return cost_of_size(element.size());
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
      return observed_remove_set{unlimited};
    return make_error(errc::too_large,
                      "the set is full: it takes " + std::to_string(memory_)
                        + " bytes, the limit is " + std::to_string(limit_));
  }
  auto mine = lives_.find(who);
  auto last = mine == lives_.end() ? 0 : mine->second.known.last();
  // The new addition replaces all earlier additions of the element, so the set
  // usually stores one addition per element.
  auto result = remove(element);
  dot added{who, last + 1};
  number_ranges number;
  number.insert(added.number);
  result.learn(who, number);
  result.put(added, std::string{element});
  return result;
}

observed_remove_set
observed_remove_set::remove(std::string_view element) const {
  observed_remove_set result{unlimited};
  if (auto i = elements_.find(element); i != elements_.end())
    for (const auto& x : i->second) {
      number_ranges number;
      number.insert(x.number);
      result.learn(x.who, number);
    }
  return result;
}

// Merges the removals of all lives first, because they make room for additions.
std::optional<observed_remove_set>
observed_remove_set::merge(const observed_remove_set& other) {
  observed_remove_set news{unlimited};
  for (const auto& [who, theirs] : other.lives_)
    merge_removals(who, theirs, news);
  for (const auto& [who, theirs] : other.lives_) {
    const auto ignored = merge_additions(who, theirs, news);
    auto mine = lives_.find(who);
    auto fresh = mine == lives_.end()
                   ? theirs.known
                   : theirs.known.without(mine->second.known);
    if (!ignored.empty())
      fresh = fresh.without(ignored);
    if (!has_room_for(fresh.ranges().size() * range_cost + life_cost))
      fresh = without_strays(who, fresh, theirs);
    if (fresh.empty())
      continue;
    news.learn(who, fresh);
    learn(who, fresh);
  }
  if (news.lives_.empty())
    return std::nullopt;
  return news;
}

// Removes the additions that we still have but that the other replica has seen
// and removed.
void observed_remove_set::merge_removals(peer_uid who, const life& theirs,
                                         observed_remove_set& news) {
  auto mine = lives_.find(who);
  if (mine == lives_.end())
    return;
  auto& present = mine->second.present;
  number_ranges removed;
  for (const auto& [first, last] : theirs.known.ranges())
    for (auto i = present.lower_bound(first);
         i != present.end() && i->first <= last;) {
      auto number = (i++)->first;
      if (theirs.present.count(number) > 0)
        continue;
      drop({who, number});
      removed.insert(number);
    }
  if (!removed.empty())
    news.learn(who, removed);
}

// Takes over the additions that we have not seen, and returns the numbers of
// those for which there is no room. An honest peer never gives one number to
// two elements. If a dishonest peer does, every replica keeps the element that
// comes later in lexicographic order, so that all agree.
number_ranges observed_remove_set::merge_additions(peer_uid who,
                                                   const life& theirs,
                                                   observed_remove_set& news) {
  number_ranges added, ignored;
  for (const auto& [number, element] : theirs.present) {
    auto mine = lives_.find(who);
    const bool is_known =
      mine != lives_.end() && mine->second.known.contains(number);
    if (is_known) {
      auto i = mine->second.present.find(number);
      if (i == mine->second.present.end() || i->second >= element)
        continue;
    }
    if (!has_room_for(most_cost_of(element.size()))) {
      ++refused_;
      if (!is_known)
        ignored.insert(number);
      continue;
    }
    if (is_known)
      drop({who, number});
    put({who, number}, element);
    news.put({who, number}, element);
    added.insert(number);
  }
  if (!added.empty())
    news.learn(who, added);
  return ignored;
}

// In a full set, leaves out ranges of numbers that would take more memory:
// those that neither have an element in the set nor are next to numbers that we
// have seen.
number_ranges observed_remove_set::without_strays(peer_uid who,
                                                  const number_ranges& fresh,
                                                  const life& theirs) {
  number_ranges result;
  auto mine = lives_.find(who);
  for (const auto& [first, last] : fresh.ranges()) {
    auto i = theirs.present.lower_bound(first);
    const bool has_element = i != theirs.present.end() && i->first <= last;
    const bool extends = mine != lives_.end()
                         && (mine->second.known.contains(first - 1)
                             || mine->second.known.contains(last + 1));
    if (has_element || extends)
      result.insert(first, last);
    else
      ++refused_;
  }
  return result;
}

observed_remove_set::life& observed_remove_set::life_of(peer_uid who) {
  auto [i, is_new] = lives_.try_emplace(who);
  memory_ += is_new ? life_cost : 0;
  return i->second;
}

void observed_remove_set::learn(peer_uid who, const number_ranges& numbers) {
  auto& known = life_of(who).known;
  memory_ -= known.ranges().size() * range_cost;
  known.insert(numbers);
  memory_ += known.ranges().size() * range_cost;
}

void observed_remove_set::put(dot x, const std::string& element) {
  life_of(x.who).present[x.number] = element;
  elements_[element].insert(x);
  memory_ += cost_of(element);
}

void observed_remove_set::drop(dot x) {
  auto& present = lives_[x.who].present;
  auto i = present.find(x.number);
  memory_ -= cost_of(i->second);
  auto kept = elements_.find(i->second);
  kept->second.erase(x);
  if (kept->second.empty())
    elements_.erase(kept);
  present.erase(i);
}

void observed_remove_set::set_date(wall_time now) {
  // Adds a second, because our own additions may have numbers up to a second
  // ahead of the limit.
  auto limit =
    reachable(now + std::chrono::seconds{1}, max_additions_per_second);
  // The limit grows with the date, so stored numbers can exceed it only if the
  // date was set back.
  if (now < date_)
    for (auto i = lives_.begin(); i != lives_.end();)
      forget_forged(i++, limit);
  date_ = now;
}

bool observed_remove_set::is_ahead_of(wall_time now) const {
  const auto limit = reachable(now, max_additions_per_second);
  return std::any_of(lives_.begin(), lives_.end(), [limit](const auto& x) {
    return x.second.known.last() > limit;
  });
}

// Forgets numbers that are too high to be honest. A range that ends beyond the
// limit is forgotten as a whole, because replicas with different dates would
// cut it at different numbers. Numbers within the limit stay if their elements
// are still in the set.
void observed_remove_set::forget_forged(life_map::iterator i,
                                        std::uint64_t limit) {
  const auto who = i->first;
  auto& x = i->second;
  if (x.known.last() <= limit)
    return;
  number_ranges honest;
  for (const auto& [first, last] : x.known.ranges())
    if (last <= limit)
      honest.insert(first, last);
  for (auto j = x.present.begin(); j != x.present.end();) {
    auto number = (j++)->first;
    if (number <= limit)
      honest.insert(number);
    else
      drop({who, number});
  }
  memory_ -= x.known.ranges().size() * range_cost;
  memory_ += honest.ranges().size() * range_cost;
  x.known = std::move(honest);
  if (!x.known.empty())
    return;
  lives_.erase(i);
  memory_ -= life_cost;
}

} // namespace cafmesh
