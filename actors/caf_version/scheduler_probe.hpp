#pragma once

#include <caf/fwd.hpp>
#include <caf/intrusive_ptr.hpp>

namespace cafmesh::caf_version {

/// A job that the scheduler runs once it has a free thread. The destructor
/// takes the job back from the scheduler's queue, because the job could wait
/// there for as long as all threads are blocked.
class scheduler_probe {
public:
  explicit scheduler_probe(caf::actor_system& system);
  scheduler_probe(const scheduler_probe&) = delete;
  scheduler_probe& operator=(const scheduler_probe&) = delete;
  ~scheduler_probe();

  /// Also true if the scheduler has ended and dropped the job.
  bool has_run() const noexcept;

private:
  class job;

  caf::actor_system& system_;
  caf::intrusive_ptr<job> job_;
};

} // namespace cafmesh::caf_version
