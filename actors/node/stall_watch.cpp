#include "actors/node/stall_watch.hpp"

#include <iterator>
#include <map>
#include <mutex>
#include <string>

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include "actors/caf_version/on_clock.hpp"
#include "actors/network/per_process.hpp"

// Looks for a stalled router on the thread of CAF's clock, which blocking
// actors cannot hold up.
namespace cafmesh {

namespace {

// All nodes of an actor system share a spare worker.
struct spare_workers {
  std::mutex mutex;
  std::map<caf::actor_system*, std::weak_ptr<caf_version::spare_worker>> known;
};

per_process<spare_workers> all_spare_workers;

std::shared_ptr<caf_version::spare_worker>
spare_worker_of(caf::actor_system& system) {
  auto& all = all_spare_workers.get();
  std::lock_guard<std::mutex> guard{all.mutex};
  for (auto i = all.known.begin(); i != all.known.end();)
    i = i->second.expired() ? all.known.erase(i) : std::next(i);
  auto& known = all.known[&system];
  auto result = known.lock();
  if (!result)
    known = result = caf_version::spare_worker::begin(system);
  return result;
}

} // namespace

std::shared_ptr<stall_watch> stall_watch::begin(caf::actor_system& system,
                                                const node_context& ctx) {
  auto result = std::make_shared<stall_watch>();
  auto& clock = system.scheduler().clock();
  result->router_ran(clock.now());
  result->spare_ = spare_worker_of(system);
  if (result->spare_)
    result->spare_was_needed_ = result->spare_->times_needed();
  auto check = [watch = std::weak_ptr<stall_watch>{result}, log = ctx.log,
                name = ctx.self.name.str(), &clock] {
    auto self = watch.lock();
    if (!self)
      return false;
    auto what = self->stall(clock.now());
    if (what.empty())
      return true;
    log->write(log_level::warning,
               "node " + name + " " + what
                 + ": actors that block hold all threads of the actor system; "
                   "spawn them with caf::detached");
    return false;
  };
  caf_version::call_on_clock(system, interval, std::move(check));
  return result;
}

// Returns what is wrong, as the predicate of a sentence, or an empty string.
std::string stall_watch::stall(instant now) const {
  if (spare_ && spare_->times_needed() != spare_was_needed_)
    return "runs on a spare thread, and the application's actors wait";
  auto silent_for = now - last_ran_.load();
  if (silent_for < 2 * interval)
    return {};
  using std::chrono::duration_cast;
  auto time = duration_cast<std::chrono::seconds>(silent_for).count();
  return "has had no thread to run on for " + std::to_string(time)
         + " s, so it can neither work nor stop";
}

} // namespace cafmesh
