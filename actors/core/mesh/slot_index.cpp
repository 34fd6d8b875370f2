#include "actors/core/mesh/slot_index.hpp"

#include <cassert>
#include <utility>

namespace cafmesh {

void slot_index::add(std::uint32_t hash, slot who) {
  if (2 * (size_ + 1) > places_.size())
    grow();
  put({hash, who});
  ++size_;
}

void slot_index::erase(std::uint32_t hash, slot who) noexcept {
  auto gap = hash & mask();
  while (places_[gap].who != who) {
    assert(places_[gap].who != none);
    gap = after(gap);
  }
  --size_;
  // Moves each later element into the gap, unless that would put it before the
  // place to which its hash maps.
  for (auto i = after(gap); places_[i].who != none; i = after(i)) {
    auto from_home = (i - places_[i].hash) & mask();
    auto from_gap = (i - gap) & mask();
    if (from_home >= from_gap)
      places_[std::exchange(gap, i)] = places_[i];
  }
  places_[gap] = {};
}

void slot_index::put(place x) noexcept {
  auto i = x.hash & mask();
  while (places_[i].who != none)
    i = after(i);
  places_[i] = x;
}

void slot_index::grow() {
  auto before = std::exchange(places_, std::vector<place>(2 * places_.size()));
  for (const auto& x : before)
    if (x.who != none)
      put(x);
}

} // namespace cafmesh
