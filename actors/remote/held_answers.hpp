#pragma once

#include <atomic>
#include <cstddef>
#include <limits>
#include <utility>

#include "actors/core/limits/common_limit.hpp"

namespace cafmesh {

/// The cost of this node's answers that wait for one peer or are on their way
/// to it. All peers share a limit, see `common_limit`. To save time, the shared
/// total is updated in steps of `common_limit::step` bytes, and only for the
/// cost beyond what each peer may have. The owner must hold a lock, except
/// while it calls `set_in_flight` and `is_charged`.
class held_answers {
public:
  /// @param all the limit; null: no limit
  explicit held_answers(common_limit_ptr all) noexcept
      : all_(std::move(all)), charged_(all_) {
  }

  /// Adds an answer that waits.
  /// @returns false, and adds nothing, if all peers together hold too much
  bool add(std::size_t cost) noexcept {
    const auto size = total() + cost;
    const auto before = charged_.taken();
    if (all_ && all_->counted(size) > all_->counted(before)
        && size - before > charged_.room(unlimited))
      return false;
    waiting_ += cost;
    charge();
    return true;
  }
  /// Adds an answer that had been taken. Ignores the limit.
  void put_back(std::size_t cost) noexcept {
    waiting_ += cost;
  }
  /// Call this function when all waiting answers are taken for sending.
  void take() noexcept {
    set_in_flight(total());
    waiting_ = 0;
  }
  void set_in_flight(std::size_t x) noexcept {
    in_flight_.store(x, std::memory_order_relaxed);
  }
  /// Whether the peer counts against the common limit. If so, call `charge`
  /// after each `set_in_flight`.
  bool is_charged() const noexcept {
    return all_ && all_->counted(charged_.taken()) > 0;
  }
  void charge() noexcept {
    const auto size = total();
    if (all_ && all_->counted(size) != all_->counted(charged_.taken()))
      charged_.set(size);
  }

private:
  static constexpr auto unlimited = std::numeric_limits<std::size_t>::max();

  std::size_t total() const noexcept {
    return waiting_ + in_flight_.load(std::memory_order_relaxed);
  }

  const common_limit_ptr all_;
  holding charged_;
  std::size_t waiting_ = 0;
  std::atomic<std::size_t> in_flight_{0};
};

} // namespace cafmesh
