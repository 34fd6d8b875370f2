#include "event_loop.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace cafmesh {

namespace {

using steady = std::chrono::steady_clock;

// Of work on the thread that waits for events, before the rest goes to the
// scheduler.
constexpr auto longest_stint = std::chrono::microseconds{100};

// Events that were there already when they were waited for, one after the
// other, from which on there is much to do.
constexpr int backlog = 8;

// A wait that was shorter did not wait.
constexpr auto shortest_wait = std::chrono::microseconds{2};

// How often the second thread looks whether the first still gets along.
constexpr auto patience = std::chrono::milliseconds{2};

// Messages of one actor before others get their turn.
constexpr std::size_t throughput = 50;

thread_local caf::execution_unit* unit_of_this_thread = nullptr;

// The jobs of one thread.
class local_unit : public caf::execution_unit {
public:
  local_unit() {
    unit_of_this_thread = this;
  }
  ~local_unit() override {
    unit_of_this_thread = nullptr;
  }

  void exec_later(caf::resumable* job) override {
    if (job->subtype() != caf::resumable::scheduled_actor) {
      system().scheduler().enqueue(job);
      return;
    }
    // A system that ends waits for detached threads, but knows nothing of ours.
    home_of(job).inc_detached_threads();
    jobs_.push_back(job);
  }

  bool idle() const noexcept {
    return jobs_.empty();
  }

  void run(bool hand_over) {
    auto started = steady::now();
    while (!jobs_.empty()) {
      auto* job = jobs_.front();
      jobs_.pop_front();
      auto& home = home_of(job);
      hand_over = hand_over || steady::now() - started > longest_stint;
      if (hand_over)
        home.scheduler().enqueue(job);
      else
        resume(job, home);
      home.dec_detached_threads();
    }
  }

private:
  static caf::actor_system& home_of(caf::resumable* job) {
    return static_cast<caf::scheduled_actor*>(job)->home_system();
  }

  void resume(caf::resumable* job, caf::actor_system& home) {
    system_ = &home;
    switch (job->resume(this, throughput)) {
    case caf::resumable::resume_later:
      home.scheduler().enqueue(job);
      break;
    case caf::resumable::awaiting_message:
    case caf::resumable::done:
    case caf::resumable::shutdown_execution_unit:
      caf::intrusive_ptr_release(job);
      break;
    }
  }

  std::deque<caf::resumable*> jobs_;
};

} // namespace

// Two threads. One has the lead: it waits for events and runs what they wake,
// a stint each time. The other sleeps while nothing happens, else looks every
// now and then whether the same stint still goes on, and if so takes the lead.
class event_loop::shared_state {
public:
  explicit shared_state(wait_function wait_once)
      : wait_once_(std::move(wait_once)) {
  }

  void serve(unsigned me) {
    local_unit unit;
    while (await_lead(me))
      if (!keep_lead(unit))
        return end();
  }

  void end() {
    std::lock_guard<std::mutex> guard{mutex_};
    ended_ = true;
    changed_.notify_all();
  }

private:
  // Who has the lead, whether he works, and the number of the stint.
  static constexpr std::uint64_t working = 1;
  static constexpr std::uint64_t one_stint = 4;
  static std::uint64_t holder(std::uint64_t lead) {
    return lead >> 1 & 1;
  }

  // Returns false at the end, true when the other has taken over.
  bool keep_lead(local_unit& unit) {
    int in_a_row = 0;
    for (;;) {
      auto before = steady::now();
      if (!wait_once_())
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

  wait_function wait_once_;
  std::atomic<std::uint64_t> lead_{0}; // thread 0, waiting
  std::atomic<bool> asleep_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
};

event_loop::event_loop(wait_function wait_once)
    : state_(std::make_shared<shared_state>(std::move(wait_once))) {
  for (unsigned i = 0; i < 2; ++i)
    threads_[i] = std::thread{[state = state_, i] {
      state->serve(i);
    }};
}

event_loop::~event_loop() {
  state_->end();
  auto on_our_own = unit_of_this_thread != nullptr;
  for (auto& x : threads_)
    if (on_our_own)
      x.detach();
    else
      x.join();
}

caf::execution_unit* event_loop::this_unit() noexcept {
  return unit_of_this_thread;
}

} // namespace cafmesh
