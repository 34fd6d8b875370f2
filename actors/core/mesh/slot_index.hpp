#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/core/mesh/adjacency.hpp"

namespace cafmesh {

/// A hash table that finds the slots of peers. The caller provides the hashes
/// and compares the names. All entries lie in one block of memory and take
/// eight bytes each. This makes it faster than std::unordered_map for the
/// million look-ups that an update of a large mesh needs.
class slot_index {
public:
  static constexpr slot none = 0xffff'ffffu;

  std::size_t size() const noexcept {
    return size_;
  }

  /// The slot with this hash for which `is_it(slot)` is true, or `none`.
  template <class F>
  slot find(std::uint32_t hash, F&& is_it) const {
    for (auto i = hash & mask(); places_[i].who != none; i = after(i))
      if (places_[i].hash == hash && is_it(places_[i].who))
        return places_[i].who;
    return none;
  }

  /// Adds a slot. @pre the slot is not in the index
  void add(std::uint32_t hash, slot who);

  /// Removes a slot. @pre the slot is in the index, with this hash
  void erase(std::uint32_t hash, slot who) noexcept;

  /// Calls `f` for all slots, in no particular order.
  template <class F>
  void for_each(F&& f) const {
    for (const auto& x : places_)
      if (x.who != none)
        f(x.who);
  }

private:
  // Linear probing: each element is at the place to which its hash maps, or
  // after it, with no free place between the two.
  struct place {
    std::uint32_t hash = 0;
    slot who = none;
  };

  std::size_t mask() const noexcept {
    return places_.size() - 1;
  }
  std::size_t after(std::size_t i) const noexcept {
    return (i + 1) & mask();
  }
  void put(place x) noexcept;
  void grow();

  // The size is a power of two. At most half of the places are used, which
  // keeps searches short.
  std::vector<place> places_ = std::vector<place>(2);
  std::size_t size_ = 0;
};

} // namespace cafmesh
