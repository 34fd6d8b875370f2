#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "actors/network/event_loop.hpp"

namespace cafmesh::test {

/// A source of events for an event loop. Each event is handled by only one of
/// the waiting threads.
class event_queue {
public:
  void put(std::function<void()> event) {
    std::lock_guard guard{mutex_};
    events_.push_back(std::move(event));
    changed_.notify_one();
  }
  void end() {
    put(nullptr);
  }
  bool wait_once() {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [this] { return !events_.empty(); });
    return handle_first(std::move(guard));
  }
  bool poll_once() {
    std::unique_lock guard{mutex_};
    return !events_.empty() && handle_first(std::move(guard));
  }

private:
  bool handle_first(std::unique_lock<std::mutex> guard) {
    auto event = events_.front();
    if (!event)
      return false;
    events_.pop_front();
    guard.unlock();
    event();
    return true;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> events_;
};

inline event_loop::source
source_of(const std::shared_ptr<event_queue>& events) {
  return {[events] { return events->wait_once(); },
          [events] {
            return events->poll_once();
          }};
}

} // namespace cafmesh::test
