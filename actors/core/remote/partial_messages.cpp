#include "actors/core/remote/partial_messages.hpp"

#include <algorithm>
#include <utility>

#include "actors/core/remote/costs.hpp"
#include "actors/core/remote/large_lane.hpp"

namespace cafmesh::remote {

void partial_messages::add(peer_uid from, const payload& body,
                           const fragment_place& place, std::uint64_t max_begun,
                           instant now, std::vector<assembled>& out) {
  auto cost = cost_of_fragment(body.size());
  auto of = shares_.find(from);
  auto which = of == shares_.end() ? partials::iterator{}
                                   : of->second.messages.find(place.message);
  auto is_known = of != shares_.end() && which != of->second.messages.end();
  if (!is_known && place.offset == 0 && !body.empty())
    return begin(from, body, place, max_begun, now, out);
  if (!is_known) {
    out.push_back({from, assembly::broken, {}, cost, place.total});
    return;
  }
  auto& x = which->second;
  x.cost += cost;
  x.latest = now;
  if (body.empty() || place.offset != x.body.size() || place.total != x.total)
    return end(of, which, assembly::broken, out);
  x.body.insert(x.body.end(), body.view().begin(), body.view().end());
  if (x.body.size() == x.total)
    end(of, which, assembly::complete, out);
}

void partial_messages::begin(peer_uid from, const payload& body,
                             const fragment_place& place,
                             std::uint64_t max_begun, instant now,
                             std::vector<assembled>& out) {
  auto cost = cost_of_fragment(body.size());
  auto refuse = [&](assembly why) {
    out.push_back({from, why, body.view().to_bytes(), cost, place.total});
  };
  if (place.total > limits_.message)
    return refuse(assembly::too_large);
  auto of = shares_.find(from);
  // An honest peer sends at most `most_begun` messages at the same time. So
  // this peer must have abandoned one, and the notice has not reached us.
  if (of != shares_.end() && of->second.messages.size() >= most_begun)
    end(of, oldest(of->second), assembly::broken, out);
  if (size_of(from) + place.total > max_begun
      || !make_room(from, place.total, out))
    return refuse(assembly::congested);
  auto& mine = shares_[from];
  auto& x = mine.messages[place.message];
  x.total = place.total;
  x.body.reserve(place.total);
  x.body.assign(body.view().begin(), body.view().end());
  x.cost = cost;
  x.latest = now;
  mine.size += place.total;
  size_ += place.total;
  if (x.body.size() == x.total)
    end(shares_.find(from), mine.messages.find(place.message),
        assembly::complete, out);
}

std::uint64_t partial_messages::size_of(peer_uid from) const {
  auto of = shares_.find(from);
  return of == shares_.end() ? 0 : of->second.size;
}

bool partial_messages::make_room(peer_uid from, std::uint64_t total,
                                 std::vector<assembled>& out) {
  while (size_ + total > limits_.all) {
    auto largest = std::max_element(shares_.begin(), shares_.end(),
                                    [](const auto& a, const auto& b) {
                                      return a.second.size < b.second.size;
                                    });
    if (largest == shares_.end()
        || largest->second.size <= size_of(from) + total)
      return false;
    end(largest, oldest(largest->second), assembly::congested, out);
  }
  return true;
}

void partial_messages::end(shares::iterator of, partials::iterator which,
                           assembly outcome, std::vector<assembled>& out) {
  auto& x = which->second;
  out.push_back({of->first, outcome, std::move(x.body), x.cost, x.total});
  size_ -= x.total;
  of->second.size -= x.total;
  of->second.messages.erase(which);
  if (of->second.messages.empty())
    shares_.erase(of);
}

partial_messages::partials::iterator partial_messages::oldest(share& x) {
  return std::min_element(x.messages.begin(), x.messages.end(),
                          [](const auto& a, const auto& b) {
                            return a.second.latest < b.second.latest;
                          });
}

void partial_messages::forget(peer_uid from) {
  if (auto of = shares_.find(from); of != shares_.end()) {
    size_ -= of->second.size;
    shares_.erase(of);
  }
}

void partial_messages::expire(instant now, std::vector<assembled>& out) {
  for (auto of = shares_.begin(); of != shares_.end();) {
    auto next = std::next(of);
    for (auto left = of->second.messages.size(); left > 0; --left) {
      auto first = oldest(of->second);
      if (now - first->second.latest < limits_.patience)
        break;
      end(of, first, assembly::late, out); // ending the last one erases `of`
    }
    of = next;
  }
}

std::optional<instant> partial_messages::due() const {
  std::optional<instant> result;
  for (const auto& [uid, x] : shares_)
    for (const auto& [number, y] : x.messages)
      if (auto end = y.latest + limits_.patience; !result || end < *result)
        result = end;
  return result;
}

} // namespace cafmesh::remote
