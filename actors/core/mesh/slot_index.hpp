#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/core/mesh/adjacency.hpp"

namespace cafmesh {

/// Which slots there are, found by a hash of what is in them; whether it is what
/// is looked for, the caller says. An update of a large mesh looks up a million
/// names: with this, which has eight bytes for each place and all of them in
/// one piece, that takes two thirds of what std::unordered_map takes.
class slot_index {
public:
  static constexpr slot none = 0xffff'ffffu;

  std::size_t size() const noexcept {
    return size_;
  }

  /// The slot of that hash for which `is_it(slot)` holds, or `none`.
  template <class F>
  slot find(std::uint32_t hash, F&& is_it) const {
    for (auto i = hash & mask(); places_[i].who != none; i = after(i))
      if (places_[i].hash == hash && is_it(places_[i].who))
        return places_[i].who;
    return none;
  }

  /// @pre it is not in there
  void add(std::uint32_t hash, slot who);

  /// @pre it is in there with that hash
  void erase(std::uint32_t hash, slot who) noexcept;

  /// In no order.
  template <class F>
  void for_each(F&& f) const {
    for (const auto& x : places_)
      if (x.who != none)
        f(x.who);
  }

private:
  // Each is at the place that its hash asks for, or behind it with none free in
  // between.
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

  // A power of two, at most half of them in use: then few are passed over.
  std::vector<place> places_ = std::vector<place>(2);
  std::size_t size_ = 0;
};

} // namespace cafmesh
