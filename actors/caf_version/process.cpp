#include "actors/caf_version/process.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <thread>

#include <unistd.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/policy/work_stealing.hpp>
#include <caf/scheduler/coordinator.hpp>

#include "actors/caf_version/local_unit.hpp"

namespace cafmesh::caf_version {

namespace {

constexpr auto time_to_run = std::chrono::seconds{2};

const pid_t loaded_in = ::getpid();

template <class Policy>
bool has_this_thread(caf::scheduler::abstract_coordinator& x) {
  auto* workers = dynamic_cast<caf::scheduler::coordinator<Policy>*>(&x);
  if (!workers)
    return false;
  for (std::size_t i = 0; i < workers->num_workers(); ++i)
    if (workers->worker_by_id(i)->get_thread().get_id()
        == std::this_thread::get_id())
      return true;
  return false;
}

} // namespace

bool runs_in_this_process(caf::actor_system& x) {
  if (::getpid() == loaded_in || is_worker_of(x)
      || local_unit::of_this_thread())
    return true;
  // This process is a fork. A new actor runs only if the system was made after
  // the fork.
  auto ran = std::make_shared<std::promise<void>>();
  auto has_run = ran->get_future();
  x.spawn<caf::hidden>([ran](caf::event_based_actor*) { ran->set_value(); });
  return has_run.wait_for(time_to_run) == std::future_status::ready;
}

bool is_worker_of(caf::actor_system& x) {
  return has_this_thread<caf::policy::work_sharing>(x.scheduler())
         || has_this_thread<caf::policy::work_stealing>(x.scheduler());
}

} // namespace cafmesh::caf_version
