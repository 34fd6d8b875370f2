#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "actors/core/limits/common_limit.hpp"

namespace cafmesh {

/// Limits how many bytes of data may wait for one neighbour, over all channels
/// and sources. Counts changes of replicated values, and relayed data, which
/// this node cannot merge. All actors that send to the neighbour share one
/// budget. Thread-safe.
class relay_budget : public holding {
public:
  static constexpr std::size_t usual_limit = 16 * 1024 * 1024; ///< in bytes

  /// @param whole limits the bytes that wait for all neighbours together; null
  ///        if there is no such limit
  explicit relay_budget(std::size_t limit = usual_limit,
                        common_limit_ptr whole = nullptr) noexcept
      : holding(std::move(whole)), limit_(limit) {
  }

  /// The number of bytes taken beyond the limits. The actor that caused an
  /// excess drops its own data until the excess is 0 or it has no data left.
  std::size_t excess() const noexcept {
    auto size = taken();
    return std::max(size > limit_ ? size - limit_ : 0, holding::excess());
  }

private:
  const std::size_t limit_;
};

using relay_budget_ptr = std::shared_ptr<relay_budget>;

/// A part of a budget, in bytes. The destructor returns the part to the budget.
class budget_share {
public:
  budget_share() noexcept = default;
  budget_share(relay_budget_ptr whole, std::size_t size) noexcept
      : whole_(std::move(whole)), size_(size) {
    whole_->take(size_);
  }
  budget_share(const budget_share&) = delete;
  budget_share& operator=(const budget_share&) = delete;
  budget_share(budget_share&& other) noexcept
      : whole_(std::move(other.whole_)), size_(std::exchange(other.size_, 0)) {
  }
  budget_share& operator=(budget_share&& other) noexcept {
    std::swap(whole_, other.whole_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~budget_share() {
    if (whole_)
      whole_->give_back(size_);
  }

  std::size_t size() const noexcept {
    return size_;
  }
  void resize(std::size_t size) noexcept {
    if (size > size_)
      whole_->take(size - size_);
    else
      whole_->give_back(size_ - size);
    size_ = size;
  }

private:
  relay_budget_ptr whole_;
  std::size_t size_ = 0;
};

} // namespace cafmesh
