#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/logger.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace cafmesh::caf_version {

/// The execution unit of a thread that waits for events. If an actor that runs
/// on it sends to another actor, the other runs on it next. Only this thread
/// may use it.
class local_unit : public caf::execution_unit {
public:
  /// The time limit of `run`; remaining jobs then go to the scheduler.
  static constexpr auto longest_stint = std::chrono::microseconds{100};
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
  }

  /// The unit of the calling thread, or null.
  static local_unit*& of_this_thread() noexcept {
    static thread_local local_unit* current = nullptr;
    return current;
  }

  void exec_later(caf::resumable* job) override {
    if (job->subtype() != caf::resumable::scheduled_actor) {
      system().scheduler().enqueue(job);
      return;
    }
    // Count the job as a detached thread: an actor system waits for these
    // before it ends, but does not know our thread.
    home_of(job).inc_detached_threads();
    jobs_.push_back(job);
  }

  bool idle() const noexcept {
    return jobs_.empty();
  }

  /// Runs jobs until none is left.
  /// @param hand_over give all of them to the scheduler instead
  void run(bool hand_over) {
    auto started = std::chrono::steady_clock::now();
    while (!jobs_.empty()) {
      auto* job = jobs_.front();
      jobs_.pop_front();
      auto& home = home_of(job);
      hand_over =
        hand_over || std::chrono::steady_clock::now() - started > longest_stint;
      if (hand_over)
        home.scheduler().enqueue(job);
      else
        resume(job, home);
      // An actor that spawns another leaves a reference to its system's logger
      // in the thread. The system could not end while the thread holds it.
      caf::logger::set_current_actor_system(nullptr);
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

} // namespace cafmesh::caf_version
