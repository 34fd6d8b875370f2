#pragma once

#include <typeinfo>
#include <utility>

#include "actors/core/gossip/merging.hpp"
#include <cafmesh/gossip_data.hpp>

namespace cafmesh {

/// Data that waits and is merged with later data. The first merge makes a copy,
/// because others may hold the original. Later merges change this copy in
/// place, so their cost does not grow with the size of the data that waits.
class waiting_data {
public:
  const gossip_data_ptr& get() const noexcept {
    return data_;
  }
  explicit operator bool() const noexcept {
    return data_ != nullptr;
  }

  /// Whether the data was made by merging, so that no other object holds it.
  bool is_merged() const noexcept {
    return only_here_;
  }

  void set(gossip_data_ptr x) noexcept {
    data_ = std::move(x);
    only_here_ = false;
  }
  gossip_data_ptr take() noexcept {
    return std::exchange(data_, nullptr);
  }

  /// Merges `x` into the data that waits, as `merged` does (merging.hpp).
  /// @pre `x` is not null
  void add(gossip_data_ptr x, data_faults& faults) {
    if (!data_)
      return set(std::move(x));
    if (only_here_ && merges_in_place(*x, faults))
      return;
    auto both = merged(data_, x, faults);
    only_here_ = only_here_ || both != data_;
    data_ = std::move(both);
  }

private:
  bool merges_in_place(const gossip_data& x, data_faults& faults) {
    const auto& mine = *data_;
    if (typeid(mine) != typeid(x))
      return false;
    // The cast is allowed, because the object was made by merging and is not
    // const.
    auto& changing = const_cast<gossip_data&>(mine);
    return faults.guard([&] { return changing.merge_in_place(x); }, true);
  }

  gossip_data_ptr data_;
  bool only_here_ = false;
};

} // namespace cafmesh
