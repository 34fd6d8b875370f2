#include "actors/network/event_loop.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>

#include <pthread.h>

#include "actors/caf_version/local_unit.hpp"
#include "actors/caf_version/without_signals.hpp"
#include "actors/network/per_process.hpp"

namespace cafmesh {

namespace {

using steady = std::chrono::steady_clock;

// After this number of events with no wait between them, the load counts as
// high.
constexpr int backlog = 8;

// A wait that is shorter than this counts as no wait.
constexpr auto shortest_wait = std::chrono::microseconds{2};

// The time to poll before sleeping. It is long enough for another process to
// wake up and answer.
constexpr auto short_wait = std::chrono::microseconds{50};

// Part of each sleep is only the time to wake up. So if a sleep took less time
// than this, polling for `short_wait` would have found the event.
constexpr auto short_sleep = 2 * short_wait;

// The interval at which the second thread checks whether an actor blocks the
// first thread.
constexpr auto check_interval = std::chrono::milliseconds{2};

// Counts the detached threads that still run. If a loop is destroyed on one of
// its own threads, it detaches its threads, because a thread cannot join
// itself.
class detached_threads {
public:
  void wait() {
    std::unique_lock<std::mutex> guard{mutex_};
    gone_.wait_for(guard, longest_wait, [this] { return count_ == 0; });
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
  // The wait is limited, because an actor that never returns occupies its
  // thread for ever.
  static constexpr auto longest_wait = std::chrono::seconds{1};

  std::mutex mutex_;
  std::condition_variable gone_;
  std::size_t count_ = 0;
};

per_process<detached_threads> detached;

// Makes the process wait for detached threads before it ends, because they may
// still use static objects.
struct wait_at_end {
  wait_at_end() = default;
  wait_at_end(const wait_at_end&) = delete;
  wait_at_end& operator=(const wait_at_end&) = delete;
  ~wait_at_end() {
    detached.get().wait();
  }
};

const wait_at_end waits_at_end;

// Decides whether to poll before sleeping. It favours polling if most of the
// latest events came soon after the wait for them began.
class polling_history {
public:
  bool favours_polling() const noexcept {
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

// The state that the two threads share. One thread is the leader: it waits for
// an event, runs the actors that the event wakes, and waits again. The actors'
// work for one event is an iteration. The other thread sleeps until an
// iteration begins. Then it checks at intervals whether the leader is still in
// the same iteration; if so, it takes the lead.
class event_loop::shared_state {
public:
  explicit shared_state(source events) : events_(std::move(events)) {
  }

  void serve(unsigned me) {
    caf_version::local_unit unit;
    set_unit(me, &unit);
    auto goes_on = true;
    while (goes_on && await_lead(me))
      goes_on = keep_lead(unit);
    if (!goes_on)
      end(false);
    set_unit(me, nullptr);
    for (const auto& f : unit.give_up())
      f();
  }

  /// @param detach whether the threads will be detached instead of joined
  void end(bool detach) {
    std::lock_guard<std::mutex> guard{mutex_};
    if (detach)
      detached.get().add(serving_);
    detached_ = detached_ || detach;
    ended_ = true;
    changed_.notify_all();
  }
  /// To be called by each thread at its end.
  /// @returns whether the thread will be joined
  bool leave() {
    std::lock_guard<std::mutex> guard{mutex_};
    --serving_;
    return !detached_;
  }

private:
  // The bits of lead_: bit 0, whether the leader is in an iteration; bit 1,
  // which thread is the leader; higher bits, the number of the iteration.
  static constexpr std::uint64_t working = 1;
  static constexpr std::uint64_t one_iteration = 4;
  static std::uint64_t holder(std::uint64_t lead) {
    return lead >> 1 & 1;
  }

  // Waits for events and runs actors, until the other thread has become the
  // leader or the loop ends.
  // @returns false if the loop ends
  bool keep_lead(caf_version::local_unit& unit) {
    int in_a_row = 0;
    for (;;) {
      auto before = steady::now();
      if (!unit.idle())
        events_.poll_once();
      else if (!await_event(before))
        return false;
      if (unit.idle())
        continue;
      auto waited = steady::now() - before > shortest_wait;
      in_a_row = waited ? 0 : in_a_row + 1;
      auto iteration = begin_iteration();
      unit.run(jobs_to_run(in_a_row >= backlog));
      if (!lead_.compare_exchange_strong(iteration, iteration & ~working)) {
        lead_is_lost(unit);
        return true;
      }
    }
  }

  // To be called by the thread that has lost the lead. The mutex makes this
  // thread wait until the other has taken over completely.
  void lead_is_lost(caf_version::local_unit& unit) {
    std::lock_guard<std::mutex> guard{mutex_};
    other_is_stuck_.store(false);
    unit.resume_local();
  }

  // Which actors to run on this thread. While an actor blocks the other thread,
  // these are only actors that cannot block. Otherwise, both threads could be
  // blocked.
  caf_version::local_jobs jobs_to_run(bool load_is_high) const {
    if (other_is_stuck_.load(std::memory_order_relaxed))
      return caf_version::local_jobs::of_the_library;
    return load_is_high ? caf_version::local_jobs::none
                        : caf_version::local_jobs::all;
  }

  void set_unit(unsigned me, caf_version::local_unit* unit) {
    std::lock_guard<std::mutex> guard{mutex_};
    units_[me] = unit;
  }

  // @returns false if the loop ends
  bool await_event(steady::time_point since) {
    auto polls = history_.favours_polling();
    if (polls && poll_for_event(since)) {
      history_.came_soon();
      return true;
    }
    auto result = events_.wait_once();
    if (!polls && steady::now() - since < short_sleep)
      history_.came_soon();
    else
      history_.came_late();
    return result;
  }

  bool poll_for_event(steady::time_point since) {
    do {
      if (events_.poll_once())
        return true;
      std::this_thread::yield();
    } while (steady::now() - since < short_wait);
    return false;
  }

  std::uint64_t begin_iteration() {
    auto iteration = (lead_.load() + one_iteration) | working;
    lead_.store(iteration);
    // The order matters: the other thread sets asleep_ and then reads lead_,
    // whereas this thread sets lead_ and then reads asleep_. At least one of
    // them sees the other's change.
    if (asleep_.load()) {
      std::lock_guard<std::mutex> guard{mutex_};
      asleep_.store(false);
      changed_.notify_all();
    }
    return iteration;
  }

  // Waits until thread `me` is the leader.
  // @returns false if the loop ends
  bool await_lead(unsigned me) {
    std::unique_lock<std::mutex> guard{mutex_};
    auto seen = lead_.load();
    if (holder(seen) == me)
      return !ended_;
    while (!ended_) {
      changed_.wait_for(guard, check_interval, [this] { return ended_; });
      auto now = lead_.load();
      if (now == seen && (now & working) != 0) {
        if (lead_.compare_exchange_strong(now, (now & ~working) ^ 2)) {
          other_is_stuck_.store(true);
          return take_over_from(units_[1 - me], guard);
        }
      } else if (now == seen) {
        sleep_until_iteration(guard, seen);
      }
      seen = lead_.load();
    }
    return false;
  }

  // Takes over from a unit, which may be null. Releases the lock before it
  // calls the functions that wait for the unit's actor, because they may
  // destroy the loop.
  // @returns false if the loop ends
  bool take_over_from(caf_version::local_unit* unit,
                      std::unique_lock<std::mutex>& guard) {
    if (!unit)
      return !ended_;
    auto afterwards = unit->give_up();
    guard.unlock();
    for (const auto& f : afterwards)
      f();
    guard.lock();
    return !ended_;
  }

  void sleep_until_iteration(std::unique_lock<std::mutex>& guard,
                             std::uint64_t seen) {
    asleep_.store(true);
    if (lead_.load() == seen)
      changed_.wait(guard, [this] { return ended_ || !asleep_.load(); });
    asleep_.store(false);
  }

  source events_;
  polling_history history_;
  // Initially thread 0 is the leader and waits.
  std::atomic<std::uint64_t> lead_{0};
  std::atomic<bool> asleep_{false};
  std::atomic<bool> other_is_stuck_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  caf_version::local_unit* units_[event_loop::thread_count] = {};
  bool ended_ = false;
  bool detached_ = false;
  std::size_t serving_ = event_loop::thread_count;
};

event_loop::event_loop(source events)
    : state_(std::make_shared<shared_state>(std::move(events))) {
  without_signals inherited;
  try {
    for (unsigned i = 0; i < thread_count; ++i)
      threads_[i] = std::thread{[state = state_, i]() mutable {
        ::pthread_setname_np(::pthread_self(), "cafmesh.loop");
        state->serve(i);
        auto is_joined = state->leave();
        state.reset();
        if (!is_joined)
          detached.get().remove();
      }};
  } catch (...) {
    // The threads are detached, not joined: they run until the source ends,
    // which happens only after this constructor has thrown.
    for (auto& x : threads_)
      if (!x.joinable())
        state_->leave();
    state_->end(true);
    for (auto& x : threads_)
      if (x.joinable())
        x.detach();
    throw;
  }
}

event_loop::~event_loop() {
  if (process_ != ::getpid()) {
    for (auto& x : threads_)
      x.detach();
    return;
  }
  auto on_own_thread = caf_version::local_unit::of_this_thread() != nullptr;
  state_->end(on_own_thread);
  for (auto& x : threads_)
    if (on_own_thread)
      x.detach();
    else
      x.join();
}

} // namespace cafmesh
