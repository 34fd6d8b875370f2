#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace cafmesh {

/// Limits the bytes that many users hold together. The first `for_each` bytes
/// of each user do not count. Beyond that, a user may hold at most as many
/// bytes as are free, so `n` users that want as much as possible get 1/(n+1) of
/// `for_all` each. Users that never give anything back leave at least
/// `for_each` bytes to each of the others. Thread-safe.
class common_limit {
public:
  /// Counted bytes are rounded up to this step, so that the shared total seldom
  /// changes.
  static constexpr std::size_t step = 16 * 1024; ///< in bytes

  common_limit(std::size_t for_all, std::size_t for_each) noexcept
      : for_all_(for_all), for_each_(for_each) {
  }

  std::size_t for_each() const noexcept {
    return for_each_;
  }
  std::size_t free() const noexcept {
    auto taken = taken_.load(std::memory_order_relaxed);
    if (taken <= 0)
      return for_all_;
    auto size = static_cast<std::size_t>(taken);
    return size < for_all_ ? for_all_ - size : 0;
  }
  /// The part of `for_all` that a user with `size` bytes takes.
  std::size_t counted(std::size_t size) const noexcept {
    return size <= for_each_ ? 0 : (size - for_each_ + step - 1) / step * step;
  }
  /// To be called when a user's bytes have changed from `before` to `after`.
  void changed(std::size_t before, std::size_t after) noexcept {
    if (std::max(before, after) > for_each_)
      count(static_cast<std::int64_t>(counted(after))
            - static_cast<std::int64_t>(counted(before)));
  }

private:
  void count(std::int64_t change) noexcept {
    if (change != 0)
      taken_.fetch_add(change, std::memory_order_relaxed);
  }

  const std::size_t for_all_;
  const std::size_t for_each_;
  // Briefly below 0 if two threads report changes of one user in the wrong
  // order.
  std::atomic<std::int64_t> taken_{0};
};

using common_limit_ptr = std::shared_ptr<common_limit>;

/// The bytes that one user of a common limit holds. Thread-safe.
class holding {
public:
  /// @param whole the common limit; null if there is none
  explicit holding(common_limit_ptr whole) noexcept : whole_(std::move(whole)) {
  }
  holding(const holding&) = delete;
  holding& operator=(const holding&) = delete;
  ~holding() {
    give_back(taken());
  }

  void take(std::size_t size) noexcept {
    auto before = taken_.fetch_add(size, std::memory_order_relaxed);
    if (whole_)
      whole_->changed(before, before + size);
  }
  void give_back(std::size_t size) noexcept {
    auto before = taken_.fetch_sub(size, std::memory_order_relaxed);
    if (whole_)
      whole_->changed(before, before - size);
  }
  /// Takes or gives back bytes, so that this user then holds `size` bytes.
  void set(std::size_t size) noexcept {
    auto before = taken_.exchange(size, std::memory_order_relaxed);
    if (whole_)
      whole_->changed(before, size);
  }
  std::size_t taken() const noexcept {
    return taken_.load(std::memory_order_relaxed);
  }
  /// How many more bytes this user may take.
  /// @param most the maximum that it may hold, however much is free
  std::size_t room(std::size_t most) const noexcept {
    auto own = taken();
    auto result = most > own ? most - own : 0;
    if (!whole_)
      return result;
    auto rest = whole_->for_each() > own ? whole_->for_each() - own : 0;
    auto counted = whole_->counted(own);
    auto free = whole_->free();
    return std::min(result, rest + (free > counted ? (free - counted) / 2 : 0));
  }
  /// How many bytes this user must give back, because it holds more of the
  /// common limit than is free. Each byte that is given back also adds a free
  /// byte, so half of the difference is enough.
  std::size_t excess() const noexcept {
    auto own = taken();
    if (!whole_ || own <= whole_->for_each())
      return 0;
    auto counted = whole_->counted(own);
    auto free = whole_->free();
    if (counted <= free)
      return 0;
    return std::min(own - whole_->for_each(), (counted - free + 1) / 2);
  }

private:
  const common_limit_ptr whole_;
  std::atomic<std::size_t> taken_{0};
};

} // namespace cafmesh
