#pragma once

#include <memory>
#include <utility>

#include <cafmesh/gossip_data.hpp>

namespace cafmesh {

/// Data that waits and is merged with more. The first merge makes a copy,
/// because others may hold the data that came first; the next ones change that
/// copy, so that their work does not grow with the data that waits.
class waiting_data {
public:
  /// Null if nothing waits.
  const gossip_data_ptr& get() const noexcept {
    return data_;
  }
  explicit operator bool() const noexcept {
    return data_ != nullptr;
  }

  void set(gossip_data_ptr x) noexcept {
    data_ = std::move(x);
    only_here_ = false;
  }
  gossip_data_ptr take() noexcept {
    return std::exchange(data_, nullptr);
  }

  /// @pre something waits, and `x` is data of the same kind
  void merge(const gossip_data& x) {
    // A merge makes objects that are not const.
    if (only_here_ && const_cast<gossip_data&>(*data_).merge_in_place(x))
      return;
    data_ = data_->merge(x);
    only_here_ = true;
  }

private:
  gossip_data_ptr data_;
  bool only_here_ = false; // made by `merge` and not handed out
};

} // namespace cafmesh
