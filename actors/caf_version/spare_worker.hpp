#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include <caf/fwd.hpp>

namespace cafmesh::caf_version {

class scheduler_probe;

/// Runs the library's actors while all threads of an actor system's scheduler
/// are busy for seconds, for example because actors block them. The library's
/// actors run on an additional thread until the scheduler has a free thread
/// again. Actors of the application still wait, because they might block the
/// additional thread as well. While the scheduler is not overloaded, the only
/// cost is a look at its queues every second.
class spare_worker : public std::enable_shared_from_this<spare_worker> {
public:
  /// The time between two looks. A scheduler counts as busy if a job added at
  /// one look has not run by the next look. It counts as quick again once it
  /// runs a new job within 50 ms.
  static constexpr std::chrono::seconds interval{1};

  /// Watches the scheduler until the last owner releases the result.
  /// @returns null if the scheduler is neither of CAF's two kinds
  static std::shared_ptr<spare_worker> begin(caf::actor_system& system);

  explicit spare_worker(caf::actor_system& system);
  spare_worker(const spare_worker&) = delete;
  spare_worker& operator=(const spare_worker&) = delete;
  ~spare_worker();

  /// How often the additional thread was started. Can be called from any
  /// thread.
  unsigned times_needed() const noexcept {
    return times_needed_;
  }

private:
  class runner;

  void look();
  void begin_work();

  caf::actor_system& system_;
  std::unique_ptr<scheduler_probe> probe_; // null if none was sent
  std::weak_ptr<runner> runner_;           // expired if none is running
  std::atomic<unsigned> times_needed_{0};
};

} // namespace cafmesh::caf_version
