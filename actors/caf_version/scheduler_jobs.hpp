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

/// Whether any job waits.
bool has_jobs(caf::actor_system& system);

struct found_jobs {
  std::list<caf::resumable*> jobs;
  bool is_cut_short = false; ///< whether others wait that were not looked at
};

/// Takes the jobs of the library among the first of each queue. If others wait
/// behind those that stay, they come first in the next search.
found_jobs take_jobs_of_the_library(caf::actor_system& system);

/// Takes a job from the queue, whose reference to it the caller then owns. May
/// miss a job in a long queue, and then sees others the next time.
/// @returns false if the job was not found
bool take_job(caf::actor_system& system, const caf::resumable* job);

} // namespace cafmesh::caf_version
