#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/policy/work_stealing.hpp>
#include <caf/scheduler/coordinator.hpp>

#include "actors/caf_version/counted_job.hpp"

/// Jobs in the queues of CAF's schedulers.
namespace cafmesh::test {

/// A job of the application that counts how often it is looked at.
class watched_job : public caf_version::counted_job {
public:
  explicit watched_job(std::atomic<std::size_t>& looks) : looks_(looks) {
  }
  subtype_t subtype() const override {
    ++looks_;
    return unspecified;
  }
  resume_result resume(caf::execution_unit*, std::size_t) override {
    return done;
  }

private:
  std::atomic<std::size_t>& looks_;
};

inline void add_jobs(caf::actor_system& system, std::size_t count,
                     std::atomic<std::size_t>& looks) {
  for (std::size_t i = 0; i < count; ++i)
    system.scheduler().enqueue(new watched_job{looks});
}

/// @pre all threads of the scheduler are blocked
inline std::size_t waiting_jobs(caf::actor_system& system) {
  using sharing = caf::scheduler::coordinator<caf::policy::work_sharing>;
  using stealing = caf::scheduler::coordinator<caf::policy::work_stealing>;
  if (auto* x = dynamic_cast<sharing*>(&system.scheduler())) {
    std::lock_guard<std::mutex> guard{x->data().lock};
    return x->data().queue.size();
  }
  auto& x = dynamic_cast<stealing&>(system.scheduler());
  std::size_t result = 0;
  for (std::size_t i = 0; i < x.num_workers(); ++i) {
    auto& worker = *x.worker_by_id(i);
    std::vector<caf::resumable*> all;
    while (auto* next = worker.data().queue.take_head())
      all.push_back(next);
    for (auto* each : all)
      worker.external_enqueue(each);
    result += all.size();
  }
  return result;
}

} // namespace cafmesh::test
