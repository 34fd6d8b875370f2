#include "actors/caf_version/spare_worker.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

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

// The limits of the pause between two searches for jobs.
constexpr auto shortest_idle_pause = std::chrono::milliseconds{1};
constexpr auto longest_idle_pause = std::chrono::milliseconds{16};

// A scheduler that runs a new job within this time needs no help.
constexpr auto quick = std::chrono::milliseconds{50};

// The search for jobs takes at most a fifth of the time.
constexpr auto pause_factor = 4;

// The maximum number of jobs that one search takes from one worker's queue.
// Other threads may add jobs during the search.
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

// A job that tells whether the scheduler has a thread that runs jobs.
class probe : public caf::resumable, public caf::ref_counted {
public:
  explicit probe(spare_worker::flag has_run) : has_run_(std::move(has_run)) {
  }
  // A scheduler that ends destroys the probe without running it.
  ~probe() override {
    *has_run_ = true;
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
  spare_worker::flag has_run_;
};

spare_worker::flag send_probe(caf::actor_system& system) {
  auto result = std::make_shared<std::atomic<bool>>(false);
  system.scheduler().enqueue(new probe{result});
  return result;
}

} // namespace

// Takes jobs of the library from the scheduler and runs them on its thread.
class spare_worker::runner {
public:
  runner(caf::actor_system& system, flag probe_has_run)
      : system_(system), probe_has_run_(std::move(probe_has_run)) {
  }

  /// Runs jobs until the scheduler is quick again, or nobody owns `owner`.
  void run(const std::weak_ptr<spare_worker>& owner) {
    caf_version::local_unit unit;
    set_unit(&unit);
    while (!scheduler_is_quick() && !owner.expired()) {
      ++iterations_;
      unit.resume_local();
      run_once(unit);
    }
    set_unit(nullptr);
    for (const auto& f : unit.give_up())
      f();
  }

  /// To be called at intervals, on another thread. If a job does not return,
  /// gives the jobs that wait behind it back to the scheduler.
  void look() {
    auto now = iterations_.load();
    if (std::exchange(last_seen_, now) != now)
      return;
    std::vector<std::function<void()>> afterwards;
    {
      std::lock_guard<std::mutex> guard{mutex_};
      if (unit_)
        afterwards = unit_->give_up();
    }
    for (const auto& f : afterwards)
      f();
  }

private:
  void set_unit(local_unit* x) {
    std::lock_guard<std::mutex> guard{mutex_};
    unit_ = x;
  }

  // If the scheduler ran the last probe only after a while, sends it another.
  bool scheduler_is_quick() {
    if (!*probe_has_run_)
      return false;
    if (steady::now() - probe_sent_ < quick)
      return true;
    probe_sent_ = steady::now();
    probe_has_run_ = send_probe(system_);
    return false;
  }

  void run_once(local_unit& unit) {
    if (steady::now() >= next_search_)
      search(unit);
    if (unit.idle())
      std::this_thread::sleep_until(next_search_);
    else
      unit.run(local_jobs::of_the_library);
  }

  void search(local_unit& unit) {
    auto began = steady::now();
    auto found = take_jobs(system_);
    for (auto* job : found)
      unit.exec_later(job);
    auto ended = steady::now();
    pause_ = found.empty() ? std::min(2 * pause_, longest_idle_pause)
                           : shortest_idle_pause;
    next_search_ =
      ended
      + std::max<steady::duration>(pause_, pause_factor * (ended - began));
  }

  caf::actor_system& system_;
  flag probe_has_run_;
  steady::time_point probe_sent_{}; // by this object
  steady::time_point next_search_{};
  std::chrono::milliseconds pause_ = shortest_idle_pause;
  std::atomic<unsigned> iterations_{0};
  unsigned last_seen_ = 0; // by `look`
  std::mutex mutex_;       // protects unit_
  local_unit* unit_ = nullptr;
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
  if (auto runs = runner_.lock()) {
    runs->look();
    return;
  }
  if (probe_has_run_ && !*probe_has_run_) {
    begin_work();
    return;
  }
  probe_has_run_ = has_jobs(system_) ? send_probe(system_) : nullptr;
}

// If no thread can be made, the next look tries again.
void spare_worker::begin_work() {
  auto work = std::make_shared<runner>(system_, std::move(probe_has_run_));
  runner_ = work;
  auto failed = run_on_own_thread(
    system_, [self = weak_from_this(), work] { work->run(self); });
  if (!failed)
    ++times_needed_;
}

} // namespace cafmesh::caf_version
