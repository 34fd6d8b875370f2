#include "tools/meshd/mesh/deadlines.hpp"

#include <algorithm>

#include "tools/meshd/mesh/parts.hpp"

namespace meshd {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// Functions that are due in the same step share a timer.
using step = std::chrono::duration<std::int64_t, std::deci>;

} // namespace

deadlines::key deadlines::add(milliseconds time, std::function<void(key)> f) {
  auto due = std::chrono::ceil<step>(steady_clock::now() + time);
  key result{time_point{due}, ++last_};
  all_.emplace(result, std::move(f));
  watch();
  return result;
}

// Starts a timer for the nearest deadline, unless a running timer ends no later
// than this deadline.
void deadlines::watch() {
  if (all_.empty())
    return;
  auto due = all_.begin()->first.first;
  if (!timers_.empty() && *timers_.begin() <= due)
    return;
  timers_.insert(due);
  auto rest = std::chrono::ceil<milliseconds>(due - steady_clock::now());
  after(parts_, std::max(rest, milliseconds{0}), [this, due] {
    timers_.erase(due);
    call_overdue();
  });
}

void deadlines::call_overdue() {
  auto now = steady_clock::now();
  while (!all_.empty() && all_.begin()->first.first <= now) {
    auto one = all_.extract(all_.begin());
    one.mapped()(one.key());
  }
  watch();
}

} // namespace meshd
