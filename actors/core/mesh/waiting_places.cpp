#include "actors/core/mesh/waiting_places.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh {

waiting_places::rank waiting_places::rank_of(const ip_address& from,
                                             const ip_address& existing,
                                             bool for_user) noexcept {
  if (for_user)
    return rank::of_user;
  return from.source() == existing.source() ? rank::same_host : rank::elsewhere;
}

std::optional<connection_id> waiting_places::add(connection_id x,
                                                 const ip_address& from,
                                                 rank how,
                                                 std::uint64_t random) {
  const auto source = from.source();
  auto same = std::find_if(all_.begin(), all_.end(),
                           [&](const place& y) { return y.source == source; });
  if (same != all_.end()) {
    // Each connection from a source has the same chance to keep the place.
    ++same->tries;
    if (how < same->how || (how == same->how && random % same->tries != 0))
      return x;
    same->how = how;
    same->was_asked = false;
    return std::exchange(same->id, x);
  }
  ++sources_;
  all_.push_back({x, source, how});
  if (all_.size() <= most)
    return std::nullopt;
  std::stable_sort(
    all_.begin(), all_.end(),
    [](const place& y, const place& z) { return y.how < z.how; });
  const auto lowest = static_cast<std::size_t>(
    std::count_if(all_.begin(), all_.end(), [this](const place& y) {
      return y.how == all_.front().how;
    }));
  // All sources have the same chance: a new one gets a place with probability
  // `most / sources_`.
  const auto is_of_lowest = how == all_.front().how;
  const auto others = is_of_lowest ? lowest - 1 : lowest;
  const auto chance = random % sources_;
  const auto new_one_loses = is_of_lowest && (chance >= most || others == 0);
  const auto id = new_one_loses ? x : all_[chance % others].id;
  erase(id);
  return id;
}

void waiting_places::remove(connection_id x) {
  erase(x);
  if (asked_ == x)
    asked_.reset();
  if (all_.size() < most)
    sources_ = all_.size();
}

void waiting_places::erase(connection_id x) {
  all_.erase(std::remove_if(all_.begin(), all_.end(),
                            [x](const place& y) { return y.id == x; }),
             all_.end());
}

template <class Predicate>
waiting_places::place* waiting_places::one_of_best(std::uint64_t random,
                                                   Predicate may) {
  std::vector<place*> best;
  for (auto& x : all_) {
    if (!may(x) || (!best.empty() && x.how < best.front()->how))
      continue;
    if (!best.empty() && x.how > best.front()->how)
      best.clear();
    best.push_back(&x);
  }
  return best.empty() ? nullptr : best[random % best.size()];
}

std::optional<connection_id> waiting_places::next(std::uint64_t random) {
  if (asked_)
    return asked_;
  auto* x = one_of_best(random, [](const place&) { return true; });
  return x ? std::optional{x->id} : std::nullopt;
}

std::optional<connection_id> waiting_places::ask(std::uint64_t random) {
  const auto now = std::find_if(all_.begin(), all_.end(),
                                [&](const place& x) { return asked_ == x.id; });
  auto* x = one_of_best(random, [&](const place& y) {
    return !y.was_asked && (now == all_.end() || y.how > now->how);
  });
  if (!x)
    return std::nullopt;
  x->was_asked = true;
  asked_ = x->id;
  return asked_;
}

bool waiting_places::has_turn(connection_id x) const {
  return asked_ == x
         || std::any_of(all_.begin(), all_.end(), [&](const place& y) {
              return y.id == x && !y.was_asked;
            });
}

} // namespace cafmesh
