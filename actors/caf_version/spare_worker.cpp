#include "actors/caf_version/spare_worker.hpp"

#include <algorithm>
#include <iterator>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/policy/work_stealing.hpp>
#include <caf/ref_counted.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/coordinator.hpp>

#include "actors/caf_version/local_unit.hpp"
#include "actors/caf_version/on_clock.hpp"
#include "actors/caf_version/own_thread.hpp"

namespace cafmesh::caf_version {

namespace {

using steady = std::chrono::steady_clock;
using jobs = std::list<caf::resumable*>;
using sharing = caf::scheduler::coordinator<caf::policy::work_sharing>;
using stealing = caf::scheduler::coordinator<caf::policy::work_stealing>;

constexpr auto shortest_pause = std::chrono::milliseconds{1};

// The search for jobs takes at most a fifth of the time.
constexpr auto pause_factor = 4;

// Of one worker's queue. Others may add jobs during a search.
constexpr std::size_t most_jobs_per_search = 10'000;

bool has_jobs(sharing& x) {
  std::lock_guard<std::mutex> guard{x.data().lock};
  return !x.data().queue.empty();
}

bool has_jobs(stealing& x) {
  for (std::size_t i = 0; i < x.num_workers(); ++i)
    if (!x.worker_by_id(i)->data().queue.empty())
      return true;
  return false;
}

// Moves the jobs of the library from `from` to the end of `to`.
void move_of_the_library(jobs& from, jobs& to) {
  for (auto i = from.begin(); i != from.end();) {
    auto job = i++;
    if (local_unit::is_of_the_library(*job))
      to.splice(to.end(), from, job);
  }
}

jobs take_jobs(sharing& x) {
  jobs result;
  std::lock_guard<std::mutex> guard{x.data().lock};
  move_of_the_library(x.data().queue, result);
  return result;
}

jobs take_jobs(stealing& x) {
  jobs result;
  for (std::size_t i = 0; i < x.num_workers(); ++i) {
    auto& worker = *x.worker_by_id(i);
    jobs all;
    while (all.size() < most_jobs_per_search) {
      auto* job = worker.data().queue.take_head();
      if (!job)
        break;
      all.push_back(job);
    }
    move_of_the_library(all, result);
    for (auto* job : all)
      worker.external_enqueue(job);
  }
  return result;
}

bool has_jobs(caf::actor_system& system) {
  if (auto* x = dynamic_cast<sharing*>(&system.scheduler()))
    return has_jobs(*x);
  auto* x = dynamic_cast<stealing*>(&system.scheduler());
  return x && has_jobs(*x);
}

jobs take_jobs(caf::actor_system& system) {
  if (auto* x = dynamic_cast<sharing*>(&system.scheduler()))
    return take_jobs(*x);
  auto* x = dynamic_cast<stealing*>(&system.scheduler());
  return x ? take_jobs(*x) : jobs{};
}

// Takes jobs of the library from the scheduler and runs them.
class runner {
public:
  explicit runner(caf::actor_system& system) : system_(system) {
  }
  ~runner() {
    for (const auto& f : unit_.give_up())
      f();
  }
  void run_once() {
    if (steady::now() >= next_search_)
      search();
    if (unit_.idle())
      std::this_thread::sleep_until(next_search_);
    else
      unit_.run(local_jobs::of_the_library);
  }

private:
  void search() {
    auto began = steady::now();
    for (auto* job : take_jobs(system_))
      unit_.exec_later(job);
    auto ended = steady::now();
    next_search_ = ended
                   + std::max<steady::duration>(shortest_pause,
                                                pause_factor * (ended - began));
  }

  caf::actor_system& system_;
  local_unit unit_;
  steady::time_point next_search_{};
};

} // namespace

// A job that tells whether the scheduler has a thread that runs jobs.
class spare_worker::probe : public caf::resumable, public caf::ref_counted {
public:
  explicit probe(std::shared_ptr<std::atomic<bool>> has_run)
      : has_run_(std::move(has_run)) {
  }
  resume_result resume(caf::execution_unit*, std::size_t) override {
    *has_run_ = true;
    return done;
  }
  void intrusive_ptr_add_ref_impl() override {
    ref();
  }
  void intrusive_ptr_release_impl() override {
    deref();
  }

private:
  std::shared_ptr<std::atomic<bool>> has_run_;
};

std::shared_ptr<spare_worker> spare_worker::begin(caf::actor_system& system) {
  if (!dynamic_cast<sharing*>(&system.scheduler())
      && !dynamic_cast<stealing*>(&system.scheduler()))
    return nullptr;
  auto result = std::make_shared<spare_worker>(system);
  call_on_clock(system, interval, [weak = result->weak_from_this()] {
    auto self = weak.lock();
    if (self)
      self->look();
    return self != nullptr;
  });
  return result;
}

spare_worker::spare_worker(caf::actor_system& system) : system_(system) {
}

// Runs on the thread of the system's clock.
void spare_worker::look() {
  if (is_at_work_)
    return;
  if (probe_has_run_ && !*probe_has_run_) {
    begin_work();
    return;
  }
  probe_has_run_ = nullptr;
  if (!has_jobs(system_))
    return;
  probe_has_run_ = std::make_shared<std::atomic<bool>>(false);
  system_.scheduler().enqueue(new probe{probe_has_run_});
}

void spare_worker::begin_work() {
  is_at_work_ = true;
  auto failed =
    run_on_own_thread(system_, [self = weak_from_this(),
                                has_run = probe_has_run_, &system = system_] {
      runner here{system};
      while (!*has_run && !self.expired())
        here.run_once();
      if (auto still = self.lock())
        still->is_at_work_ = false;
    });
  if (failed)
    is_at_work_ = false; // the next look tries again
  else
    ++times_needed_;
}

} // namespace cafmesh::caf_version
