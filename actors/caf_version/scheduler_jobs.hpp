#pragma once

#include <cstddef>
#include <list>

#include <caf/fwd.hpp>

/// The jobs that wait in the queues of CAF's two schedulers. Each function does
/// nothing if the system has another scheduler.
namespace cafmesh::caf_version {

/// The maximum number of jobs that one search looks at in each queue.
constexpr std::size_t most_jobs_per_search = 10'000;

/// Whether the system has one of CAF's two schedulers.
bool has_known_scheduler(caf::actor_system& system);

bool has_jobs(caf::actor_system& system);

struct found_jobs {
  std::list<caf::resumable*> jobs;
  bool is_cut_short = false; ///< whether some jobs were not looked at
};

/// Takes the library's jobs from the first `most_jobs_per_search` jobs of each
/// queue. Moves the application's jobs among those to the end of the queue, so
/// that the next search looks at other jobs.
found_jobs take_jobs_of_the_library(caf::actor_system& system);

/// Takes a job from its queue. The caller then owns the queue's reference to
/// the job. Can miss a job in a long queue; another call looks at other jobs.
/// @returns false if the job was not found
bool take_job(caf::actor_system& system, const caf::resumable* job);

} // namespace cafmesh::caf_version
