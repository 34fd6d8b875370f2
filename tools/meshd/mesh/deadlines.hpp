#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace meshd {

struct mesh_parts;

/// Calls functions when they are due. A running timer cannot be cancelled and
/// would keep its function alive, so a few timers serve all functions. To be
/// used on the HTTP thread.
class deadlines {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using key = std::pair<time_point, std::uint64_t>;

  explicit deadlines(std::shared_ptr<const mesh_parts> parts)
      : parts_(std::move(parts)) {
  }
  deadlines(const deadlines&) = delete;
  deadlines& operator=(const deadlines&) = delete;

  /// Calls `f(key)` after `time`, or up to 0.1 s later.
  /// @returns the key, for `remove`
  key add(std::chrono::milliseconds time, std::function<void(key)> f);
  void remove(key x) {
    all_.erase(x);
  }

private:
  void watch();
  void call_overdue();

  std::shared_ptr<const mesh_parts> parts_;
  std::map<key, std::function<void(key)>> all_;
  std::uint64_t last_ = 0;
  std::set<time_point> timers_; // those that are running
};

} // namespace meshd
