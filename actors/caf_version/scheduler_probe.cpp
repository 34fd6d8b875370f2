#include "actors/caf_version/scheduler_probe.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include <caf/actor_system.hpp>
#include <caf/make_counted.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include "actors/caf_version/counted_job.hpp"
#include "actors/caf_version/scheduler_jobs.hpp"

namespace cafmesh::caf_version {

namespace {

// How long the destructor waits for a thread that is running the job.
constexpr auto longest_wait = std::chrono::milliseconds{100};
constexpr auto pause_before_retry = std::chrono::milliseconds{1};

} // namespace

class scheduler_probe::job : public counted_job {
public:
  resume_result resume(caf::execution_unit*, std::size_t) override {
    return done;
  }
};

scheduler_probe::scheduler_probe(caf::actor_system& system)
    : system_(system), job_(caf::make_counted<job>()) {
  job_->ref();
  system_.scheduler().enqueue(job_.get());
}

// The scheduler releases its reference when the job has run.
bool scheduler_probe::has_run() const noexcept {
  return job_->unique();
}

scheduler_probe::~scheduler_probe() {
  const auto end = std::chrono::steady_clock::now() + longest_wait;
  while (!has_run() && std::chrono::steady_clock::now() < end) {
    if (take_job(system_, job_.get()))
      job_->deref();
    else
      std::this_thread::sleep_for(pause_before_retry);
  }
}

} // namespace cafmesh::caf_version
