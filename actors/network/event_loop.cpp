#include "actors/network/event_loop.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>

#include "actors/caf_version/local_unit.hpp"

namespace cafmesh {

namespace {

using steady = std::chrono::steady_clock;

// Events that were there already when they were waited for, one after the
// other, from which on there is much to do.
constexpr int backlog = 8;

// A wait that was shorter did not wait.
constexpr auto shortest_wait = std::chrono::microseconds{2};

// How long to look for an event before sleeping: what another process takes
// that has to be woken first, and answers at once.
constexpr auto short_wait = std::chrono::microseconds{50};

// A sleep that was not longer would have been none if we had looked: to be woken
// takes a part of it.
constexpr auto short_sleep = 2 * short_wait;

// How often the second thread looks whether the first still gets along.
constexpr auto patience = std::chrono::milliseconds{2};

// Threads of loops that ended on one of their own, and so were not waited for.
// The process waits before it ends: what they touch last must still be there.
class left_alone {
public:
  ~left_alone() {
    std::unique_lock<std::mutex> guard{mutex_};
    gone_.wait_for(guard, longest_farewell, [this] { return count_ == 0; });
  }
  void add(std::size_t count) {
    std::lock_guard<std::mutex> guard{mutex_};
    count_ += count;
  }
  void remove() {
    std::lock_guard<std::mutex> guard{mutex_};
    --count_;
    gone_.notify_all();
  }

private:
  // An actor that never returns keeps its thread for ever.
  static constexpr auto longest_farewell = std::chrono::seconds{1};

  std::mutex mutex_;
  std::condition_variable gone_;
  std::size_t count_ = 0;
};

left_alone threads_left_alone;

// Whether it pays to look for events instead of sleeping: where by far the most
// of the latest came soon.
class luck {
public:
  bool is_good() const noexcept {
    return soon_ >= enough;
  }
  void came_soon() noexcept {
    soon_ = std::min(soon_ + 1, most);
  }
  void came_late() noexcept {
    soon_ = std::max(soon_ - 2, 0);
  }

private:
  static constexpr int enough = 4;
  static constexpr int most = 8;

  int soon_ = 0;
};

} // namespace

// Two threads. One has the lead: it waits for events and runs what they wake,
// a stint each time. The other sleeps while nothing happens, else looks every
// now and then whether the same stint still goes on, and if so takes the lead.
class event_loop::shared_state {
public:
  explicit shared_state(source events) : events_(std::move(events)) {
  }

  void serve(unsigned me) {
    caf_version::local_unit unit;
    while (await_lead(me))
      if (!keep_lead(unit))
        return end(false);
  }

  /// @param left_alone nobody waits for the threads
  void end(bool left_alone) {
    std::lock_guard<std::mutex> guard{mutex_};
    if (left_alone)
      threads_left_alone.add(serving_);
    left_alone_ = left_alone_ || left_alone;
    ended_ = true;
    changed_.notify_all();
  }
  /// The calling thread serves no longer. @returns whether it is waited for
  bool leave() {
    std::lock_guard<std::mutex> guard{mutex_};
    --serving_;
    return !left_alone_;
  }

private:
  // Who has the lead, whether he works, and the number of the stint.
  static constexpr std::uint64_t working = 1;
  static constexpr std::uint64_t one_stint = 4;
  static std::uint64_t holder(std::uint64_t lead) {
    return lead >> 1 & 1;
  }

  // Returns false at the end, true when the other has taken over.
  bool keep_lead(caf_version::local_unit& unit) {
    int in_a_row = 0;
    for (;;) {
      auto before = steady::now();
      if (!await_event(before))
        return false;
      if (unit.idle())
        continue;
      auto waited = steady::now() - before > shortest_wait;
      in_a_row = waited ? 0 : in_a_row + 1;
      auto stint = begin_stint();
      unit.run(in_a_row >= backlog);
      if (!lead_.compare_exchange_strong(stint, stint & ~working))
        return true;
    }
  }

  // A round trip of 64 bytes took 66 us without looking, and takes 36.
  // Returns false at the end.
  bool await_event(steady::time_point since) {
    auto looks = luck_.is_good();
    if (looks && look_for_event(since)) {
      luck_.came_soon();
      return true;
    }
    auto result = events_.wait_once();
    if (!looks && steady::now() - since < short_sleep)
      luck_.came_soon();
    else
      luck_.came_late();
    return result;
  }

  bool look_for_event(steady::time_point since) {
    do {
      if (events_.poll_once())
        return true;
      std::this_thread::yield();
    } while (steady::now() - since < short_wait);
    return false;
  }

  std::uint64_t begin_stint() {
    auto stint = (lead_.load() + one_stint) | working;
    lead_.store(stint);
    // It stores, then looks whether there was a stint; we the other way round.
    if (asleep_.load()) {
      std::lock_guard<std::mutex> guard{mutex_};
      asleep_.store(false);
      changed_.notify_all();
    }
    return stint;
  }

  // Returns false at the end.
  bool await_lead(unsigned me) {
    std::unique_lock<std::mutex> guard{mutex_};
    auto seen = lead_.load();
    if (holder(seen) == me)
      return !ended_;
    while (!ended_) {
      changed_.wait_for(guard, patience, [this] { return ended_; });
      auto now = lead_.load();
      if (now == seen && (now & working) != 0) {
        if (lead_.compare_exchange_strong(now, (now & ~working) ^ 2))
          return !ended_;
      } else if (now == seen) {
        sleep_until_stint(guard, seen);
      }
      seen = lead_.load();
    }
    return false;
  }

  void sleep_until_stint(std::unique_lock<std::mutex>& guard,
                         std::uint64_t seen) {
    asleep_.store(true);
    if (lead_.load() == seen)
      changed_.wait(guard, [this] { return ended_ || !asleep_.load(); });
    asleep_.store(false);
  }

  source events_;
  luck luck_;                          // of whoever has the lead
  std::atomic<std::uint64_t> lead_{0}; // thread 0, waiting
  std::atomic<bool> asleep_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  bool left_alone_ = false;
  std::size_t serving_ = event_loop::thread_count;
};

event_loop::event_loop(source events)
    : state_(std::make_shared<shared_state>(std::move(events))) {
  for (unsigned i = 0; i < thread_count; ++i)
    threads_[i] = std::thread{[state = state_, i]() mutable {
      state->serve(i);
      auto is_waited_for = state->leave();
      state.reset();
      if (!is_waited_for)
        threads_left_alone.remove();
    }};
}

event_loop::~event_loop() {
  auto on_our_own = caf_version::local_unit::of_this_thread() != nullptr;
  state_->end(on_our_own);
  for (auto& x : threads_)
    if (on_our_own)
      x.detach();
    else
      x.join();
}

} // namespace cafmesh
