#include <cafmesh/observed_remove_set.hpp>

#include <utility>

#include <cafmesh/errc.hpp>

namespace cafmesh {

caf::expected<observed_remove_set>
observed_remove_set::add(std::string_view element, peer_uid who) const {
  if (element.size() > max_element_size)
    return make_error(errc::too_large, "element of "
                                         + std::to_string(element.size())
                                         + " bytes, the limit is "
                                         + std::to_string(max_element_size));
  if (who == peer_uid::none)
    return make_error(errc::unknown_peer, "an addition needs a peer's UID");
  auto mine = lives_.find(who);
  auto last = mine == lives_.end() ? 0 : mine->second.known.last();
  // The new addition replaces all earlier additions of the element, so that the
  // set usually stores only one for each element.
  auto result = remove(element);
  dot added{who, last + 1};
  result.lives_[who].known.insert(added.number);
  result.put(added, std::string{element});
  return result;
}

observed_remove_set
observed_remove_set::remove(std::string_view element) const {
  observed_remove_set result;
  if (auto i = elements_.find(element); i != elements_.end())
    for (const auto& x : i->second)
      result.lives_[x.who].known.insert(x.number);
  return result;
}

std::optional<observed_remove_set>
observed_remove_set::merge(const observed_remove_set& other) {
  observed_remove_set news;
  for (const auto& [who, theirs] : other.lives_) {
    merge_removals(who, theirs, news);
    merge_additions(who, theirs, news);
    auto& known = lives_[who].known;
    auto fresh = theirs.known.without(known);
    if (fresh.empty())
      continue;
    news.lives_[who].known.insert(fresh);
    known.insert(fresh);
  }
  if (news.lives_.empty())
    return std::nullopt;
  return news;
}

// Removes the additions that we still have but that the other replica has seen
// and removed.
void observed_remove_set::merge_removals(peer_uid who, const life& theirs,
                                         observed_remove_set& news) {
  auto& present = lives_[who].present;
  for (const auto& [first, last] : theirs.known.ranges())
    for (auto i = present.lower_bound(first);
         i != present.end() && i->first <= last;) {
      auto number = (i++)->first;
      if (theirs.present.count(number) > 0)
        continue;
      drop({who, number});
      news.lives_[who].known.insert(number);
    }
}

// Takes over the additions that we have not seen. An honest peer never gives
// one number to two elements. If a dishonest peer does, every replica keeps the
// greater element, so that all agree.
void observed_remove_set::merge_additions(peer_uid who, const life& theirs,
                                          observed_remove_set& news) {
  auto& mine = lives_[who];
  for (const auto& [number, element] : theirs.present) {
    if (mine.known.contains(number)) {
      auto i = mine.present.find(number);
      if (i == mine.present.end() || i->second >= element)
        continue;
      drop({who, number});
    }
    put({who, number}, element);
    news.put({who, number}, element);
    news.lives_[who].known.insert(number);
  }
}

void observed_remove_set::put(dot x, const std::string& element) {
  lives_[x.who].present[x.number] = element;
  elements_[element].insert(x);
}

void observed_remove_set::drop(dot x) {
  auto& present = lives_[x.who].present;
  auto i = present.find(x.number);
  auto kept = elements_.find(i->second);
  kept->second.erase(x);
  if (kept->second.empty())
    elements_.erase(kept);
  present.erase(i);
}

void observed_remove_set::set_date(wall_time now) {
  // Adds a second, because numbers of our own additions may be up to a second
  // ahead of the limit.
  auto limit =
    reachable(now + std::chrono::seconds{1}, max_additions_per_second);
  // The limit grows with the date, so stored numbers are checked only if the
  // date was set back.
  if (now < date_)
    for (auto i = lives_.begin(); i != lives_.end();)
      forget_forged(i++, limit);
  date_ = now;
}

// Forgets numbers that are too high to be honest. A range that ends beyond the
// limit is forgotten as a whole: replicas with different dates would cut it at
// different numbers. Numbers within the limit stay if their elements are still
// in the set.
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
  x.known = std::move(honest);
  if (x.known.empty())
    lives_.erase(i);
}

} // namespace cafmesh
