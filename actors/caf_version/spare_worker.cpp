#include "actors/caf_version/spare_worker.hpp"

#include <algorithm>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>

#include "actors/caf_version/local_unit.hpp"
#include "actors/caf_version/on_clock.hpp"
#include "actors/caf_version/own_thread.hpp"
#include "actors/caf_version/scheduler_jobs.hpp"
#include "actors/caf_version/scheduler_probe.hpp"

namespace cafmesh::caf_version {

namespace {

using steady = std::chrono::steady_clock;

// The limits of the pause between two searches for jobs.
constexpr auto shortest_idle_pause = std::chrono::milliseconds{1};
constexpr auto longest_idle_pause = std::chrono::milliseconds{16};

// A scheduler that runs a new job within this time needs no help.
constexpr auto quick = std::chrono::milliseconds{50};

// Searches take at most a fifth of the time.
constexpr auto pause_factor = 4;

} // namespace

// Takes jobs of the library from the scheduler and runs them on a thread of its
// own.
class spare_worker::runner {
public:
  runner(caf::actor_system& system, std::unique_ptr<scheduler_probe> sent)
      : system_(system), probe_(std::move(sent)) {
  }

  /// Runs jobs until the scheduler is quick again or `owner` has expired.
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
    probe_.reset();
  }

  /// @pre `run` was not called
  std::unique_ptr<scheduler_probe> give_back() {
    return std::move(probe_);
  }

  /// Call this at intervals on another thread. If a job has not returned since
  /// the last call, gives the jobs that wait after it back to the scheduler.
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

  // If the scheduler was slow to run the last probe, sends another.
  bool scheduler_is_quick() {
    if (!probe_->has_run())
      return false;
    if (steady::now() - probe_sent_ < quick)
      return true;
    probe_sent_ = steady::now();
    probe_ = std::make_unique<scheduler_probe>(system_);
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
    auto found = take_jobs_of_the_library(system_);
    for (auto* job : found.jobs)
      unit.exec_later(job);
    auto ended = steady::now();
    pause_ = found.jobs.empty() && !found.is_cut_short
               ? std::min(2 * pause_, longest_idle_pause)
               : shortest_idle_pause;
    next_search_ =
      ended
      + std::max<steady::duration>(pause_, pause_factor * (ended - began));
  }

  caf::actor_system& system_;
  std::unique_ptr<scheduler_probe> probe_; // null once `run` has ended
  steady::time_point probe_sent_{};
  steady::time_point next_search_{};
  std::chrono::milliseconds pause_ = shortest_idle_pause;
  std::atomic<unsigned> iterations_{0};
  unsigned last_seen_ = 0; // by `look`
  std::mutex mutex_;       // protects unit_
  local_unit* unit_ = nullptr;
};

std::shared_ptr<spare_worker> spare_worker::begin(caf::actor_system& system) {
  if (!has_known_scheduler(system))
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

spare_worker::~spare_worker() = default;

// Runs on the thread of the system's clock.
void spare_worker::look() {
  if (auto runs = runner_.lock()) {
    runs->look();
    return;
  }
  if (probe_ && !probe_->has_run()) {
    begin_work();
    return;
  }
  probe_ =
    has_jobs(system_) ? std::make_unique<scheduler_probe>(system_) : nullptr;
}

// If no thread can be made, the next `look` tries again.
void spare_worker::begin_work() {
  auto work = std::make_shared<runner>(system_, std::move(probe_));
  runner_ = work;
  auto failed = run_on_own_thread(
    system_, [self = weak_from_this(), work] { work->run(self); });
  if (failed)
    probe_ = work->give_back();
  else
    ++times_needed_;
}

} // namespace cafmesh::caf_version
