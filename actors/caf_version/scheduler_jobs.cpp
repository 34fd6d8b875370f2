#include "actors/caf_version/scheduler_jobs.hpp"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/policy/work_stealing.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/coordinator.hpp>

#include "actors/caf_version/local_unit.hpp"

namespace cafmesh::caf_version {

namespace {

using jobs = std::list<caf::resumable*>;
using sharing = caf::scheduler::coordinator<caf::policy::work_sharing>;
using stealing = caf::scheduler::coordinator<caf::policy::work_stealing>;
using stealing_worker = caf::scheduler::worker<caf::policy::work_stealing>;

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

void move_of_the_library(jobs& from, jobs& to) {
  for (auto i = from.begin(); i != from.end();) {
    auto job = i++;
    if (local_unit::is_of_the_library(*job))
      to.splice(to.end(), from, job);
  }
}

found_jobs take_jobs(sharing& x) {
  found_jobs result;
  jobs seen;
  std::lock_guard<std::mutex> guard{x.data().lock};
  auto& queue = x.data().queue;
  const auto count = std::min(queue.size(), most_jobs_per_search);
  seen.splice(seen.end(), queue, queue.begin(),
              std::next(queue.begin(), static_cast<std::ptrdiff_t>(count)));
  move_of_the_library(seen, result.jobs);
  result.is_cut_short = !queue.empty();
  queue.splice(queue.end(), seen);
  return result;
}

jobs take_first(stealing_worker& x) {
  jobs result;
  while (result.size() < most_jobs_per_search) {
    auto* job = x.data().queue.take_head();
    if (!job)
      break;
    result.push_back(job);
  }
  return result;
}

found_jobs take_jobs(stealing& x) {
  found_jobs result;
  for (std::size_t i = 0; i < x.num_workers(); ++i) {
    auto& worker = *x.worker_by_id(i);
    auto seen = take_first(worker);
    if (seen.size() == most_jobs_per_search)
      result.is_cut_short = true;
    move_of_the_library(seen, result.jobs);
    for (auto* job : seen)
      worker.external_enqueue(job);
  }
  return result;
}

bool take_job(sharing& x, const caf::resumable* job) {
  std::lock_guard<std::mutex> guard{x.data().lock};
  auto& queue = x.data().queue;
  const auto found = std::find(queue.begin(), queue.end(), job);
  if (found == queue.end())
    return false;
  queue.erase(found);
  return true;
}

// Searches by moving each job before the wanted job to the end of the queue.
bool take_job(stealing_worker& x, const caf::resumable* job) {
  const caf::resumable* first = nullptr;
  for (std::size_t i = 0; i < most_jobs_per_search; ++i) {
    auto* next = x.data().queue.take_head();
    if (!next || next == job)
      return next != nullptr;
    x.external_enqueue(next);
    if (next == first)
      return false;
    first = first ? first : next;
  }
  return false;
}

bool take_job(stealing& x, const caf::resumable* job) {
  for (std::size_t i = 0; i < x.num_workers(); ++i)
    if (take_job(*x.worker_by_id(i), job))
      return true;
  return false;
}

// Calls `f` with the system's scheduler, if it is one of CAF's two.
template <class F>
auto with_scheduler(caf::actor_system& system, F f)
  -> decltype(f(std::declval<sharing&>())) {
  if (auto* x = dynamic_cast<sharing*>(&system.scheduler()))
    return f(*x);
  if (auto* x = dynamic_cast<stealing*>(&system.scheduler()))
    return f(*x);
  return {};
}

} // namespace

bool has_known_scheduler(caf::actor_system& system) {
  return with_scheduler(system, [](auto&) { return true; });
}

bool has_jobs(caf::actor_system& system) {
  return with_scheduler(system, [](auto& x) { return has_jobs(x); });
}

found_jobs take_jobs_of_the_library(caf::actor_system& system) {
  return with_scheduler(system, [](auto& x) { return take_jobs(x); });
}

bool take_job(caf::actor_system& system, const caf::resumable* job) {
  return with_scheduler(system, [&](auto& x) { return take_job(x, job); });
}

} // namespace cafmesh::caf_version
