#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/logger.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include "actors/caf_version/counted_job.hpp"

/// An execution unit of CAF that runs actors on a thread of the event loop,
/// instead of on CAF's scheduler.
namespace cafmesh::caf_version {

/// Which jobs a `local_unit` runs itself. It passes all others to the
/// scheduler.
enum class local_jobs {
  all,
  /// Actors whose names begin with `cafmesh.`. They belong to this library, run
  /// no application code, and therefore return soon.
  of_the_library,
  none,
};

/// Runs actors on its own thread. If such an actor sends to another actor, the
/// unit queues that actor and runs it too. Only the unit's own thread may use
/// the unit, with two exceptions: another thread may call `give_up`, and after
/// `share` a thread of the scheduler may take jobs.
class local_unit : public caf::execution_unit {
public:
  /// After about this time, a call of `run` starts no further jobs.
  static constexpr auto longest_iteration = std::chrono::microseconds{100};
  /// The number of messages that an actor may handle before the next actor
  /// runs.
  static constexpr std::size_t throughput = 50;

  local_unit() {
    of_this_thread() = this;
  }
  local_unit(const local_unit&) = delete;
  local_unit& operator=(const local_unit&) = delete;
  ~local_unit() override {
    of_this_thread() = nullptr;
    std::lock_guard<std::mutex> guard{access_->mutex};
    access_->unit = nullptr;
  }

  /// The unit of the calling thread; null if the thread has none.
  static local_unit*& of_this_thread() noexcept {
    static thread_local local_unit* current = nullptr;
    return current;
  }

  static bool is_of_the_library(caf::resumable* job) {
    constexpr char prefix[] = "cafmesh.";
    return job->subtype() == caf::resumable::scheduled_actor
           && std::strncmp(static_cast<caf::scheduled_actor*>(job)->name(),
                           prefix, sizeof(prefix) - 1)
                == 0;
  }

  void exec_later(caf::resumable* job) override {
    if (job->subtype() != caf::resumable::scheduled_actor) {
      system().scheduler().enqueue(job);
      return;
    }
    // An actor system waits for its detached threads before it ends, but does
    // not know this thread. So each job is counted as a detached thread.
    home_of(job).inc_detached_threads();
    std::unique_lock<std::mutex> guard{mutex_};
    if (!given_up_) {
      jobs_.push_back(job);
      return;
    }
    guard.unlock();
    pass_on(job);
  }

  bool idle() {
    std::lock_guard<std::mutex> guard{mutex_};
    return jobs_.empty();
  }

  /// Whether an actor is running on the calling thread, which must be the
  /// unit's own.
  bool is_in_actor() const noexcept {
    return in_actor_;
  }

  /// Calls `f` when the actor that is running now returns. If that actor blocks
  /// its thread, calls `f` earlier, on another thread.
  /// @returns false if no actor runs on this unit; `f` is then not called
  bool after_actor(std::function<void()> f) {
    std::lock_guard<std::mutex> guard{mutex_};
    if (!in_actor_ || given_up_)
      return false;
    afterwards_.push_back(std::move(f));
    has_afterwards_ = true;
    return true;
  }

  /// Call this in an actor that will run for a while. Lets the next free thread
  /// of the scheduler run the library's actors that wait here. They stay in
  /// this queue until then, because all threads of the scheduler may be
  /// blocked.
  void share() {
    std::unique_lock<std::mutex> guard{mutex_};
    auto first = std::find_if(jobs_.begin(), jobs_.end(), is_of_the_library);
    if (first == jobs_.end() || access_->is_asked_for.exchange(true))
      return;
    auto& home = home_of(*first);
    // Keeps the system from ending until the helper is queued, because the job
    // may leave the queue before then.
    home.inc_detached_threads();
    guard.unlock();
    home.scheduler().enqueue(new helper{access_});
    home.dec_detached_threads();
  }

  /// Runs jobs until none is left or `longest_iteration` is over, and then
  /// passes the remaining jobs to the scheduler. If `which` is
  /// `of_the_library`, the remaining jobs wait for the next call instead,
  /// because all threads of the scheduler may be blocked.
  void run(local_jobs which) {
    auto started = std::chrono::steady_clock::now();
    auto alone = which == local_jobs::of_the_library;
    while (auto* job = take()) {
      auto& home = home_of(job);
      auto is_over =
        std::chrono::steady_clock::now() - started > longest_iteration;
      if (which == local_jobs::all && is_over)
        which = local_jobs::none;
      if (which == local_jobs::all || (alone && is_of_the_library(job)))
        resume(job, home, alone);
      else
        home.scheduler().enqueue(job);
      // An actor that spawns another leaves a reference to its system's logger
      // in the thread. The system cannot end while the thread holds this
      // reference.
      caf::logger::set_current_actor_system(nullptr);
      home.dec_detached_threads();
      if (alone && is_over)
        return;
    }
  }

  /// Passes the waiting jobs, and all new jobs until `resume_local`, to the
  /// scheduler. Another thread calls this while an actor blocks the unit's own
  /// thread.
  /// @returns the functions passed to `after_actor`. The caller must call them
  ///          while it holds no lock.
  [[nodiscard]] std::vector<std::function<void()>> give_up() {
    std::unique_lock<std::mutex> guard{mutex_};
    given_up_ = true;
    auto jobs = std::exchange(jobs_, {});
    auto afterwards = std::exchange(afterwards_, {});
    guard.unlock();
    for (auto* job : jobs)
      pass_on(job);
    return afterwards;
  }

  /// Ends `give_up`: the unit runs jobs itself again.
  void resume_local() {
    std::lock_guard<std::mutex> guard{mutex_};
    given_up_ = false;
  }

private:
  // Gives threads of the scheduler access to a unit. This object may outlive
  // the unit.
  struct access {
    explicit access(local_unit* to) : unit(to) {
    }
    caf::resumable* take(caf::actor_system& home) {
      std::lock_guard<std::mutex> guard{mutex};
      return unit ? unit->take_of_the_library(home) : nullptr;
    }

    std::mutex mutex; // protects `unit`; locked before the unit's own mutex
    local_unit* unit;
    std::atomic<bool> is_asked_for{false}; // whether a helper is queued
  };
  using access_ptr = std::shared_ptr<access>;

  // A job for the scheduler: runs the library's actors that wait in a unit.
  class helper : public counted_job {
  public:
    explicit helper(access_ptr to) : to_(std::move(to)) {
    }
    ~helper() override {
      to_->is_asked_for = false; // in case the scheduler ended first
    }
    resume_result resume(caf::execution_unit* on,
                         std::size_t most_messages) override {
      to_->is_asked_for = false;
      while (auto* job = to_->take(on->system())) {
        if (job->resume(on, most_messages) == resume_later)
          on->exec_later(job);
        else
          caf::intrusive_ptr_release(job);
        on->system().dec_detached_threads();
      }
      return done;
    }

  private:
    access_ptr to_;
  };

  caf::resumable* take_of_the_library(caf::actor_system& home) {
    std::lock_guard<std::mutex> guard{mutex_};
    auto found = std::find_if(jobs_.begin(), jobs_.end(), [&](auto* job) {
      return &home_of(job) == &home && is_of_the_library(job);
    });
    if (found == jobs_.end())
      return nullptr;
    auto* result = *found;
    jobs_.erase(found);
    return result;
  }

  caf::resumable* take() {
    std::lock_guard<std::mutex> guard{mutex_};
    if (jobs_.empty())
      return nullptr;
    auto* result = jobs_.front();
    jobs_.pop_front();
    return result;
  }

  static void pass_on(caf::resumable* job) {
    auto& home = home_of(job);
    home.scheduler().enqueue(job);
    home.dec_detached_threads();
  }

  static caf::actor_system& home_of(caf::resumable* job) {
    return static_cast<caf::scheduled_actor*>(job)->home_system();
  }

  void run_afterwards() {
    std::unique_lock<std::mutex> guard{mutex_};
    auto afterwards = std::exchange(afterwards_, {});
    guard.unlock();
    for (const auto& f : afterwards)
      f();
  }

  void resume(caf::resumable* job, caf::actor_system& home, bool alone) {
    system_ = &home;
    in_actor_ = true;
    auto outcome = job->resume(this, throughput);
    in_actor_ = false;
    if (std::exchange(has_afterwards_, false))
      run_afterwards();
    switch (outcome) {
    case caf::resumable::resume_later:
      if (alone)
        exec_later(job);
      else
        home.scheduler().enqueue(job);
      break;
    case caf::resumable::awaiting_message:
    case caf::resumable::done:
    case caf::resumable::shutdown_execution_unit:
      caf::intrusive_ptr_release(job);
      break;
    }
  }

  std::mutex mutex_; // protects the next three members
  std::deque<caf::resumable*> jobs_;
  std::vector<std::function<void()>> afterwards_;
  bool given_up_ = false;
  // Used only by the unit's own thread, without `mutex_`:
  bool in_actor_ = false;
  bool has_afterwards_ = false;
  const access_ptr access_ = std::make_shared<access>(this);
};

} // namespace cafmesh::caf_version
