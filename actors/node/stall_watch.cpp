#include "actors/node/stall_watch.hpp"

#include <string>

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include "actors/caf_version/on_clock.hpp"

// Looks for a stalled router on the thread of CAF's clock, which blocking
// actors cannot hold up.
namespace cafmesh {

std::shared_ptr<stall_watch> stall_watch::begin(caf::actor_system& system,
                                                const node_context& ctx) {
  auto result = std::make_shared<stall_watch>();
  auto& clock = system.scheduler().clock();
  result->router_ran(clock.now());
  auto check = [watch = std::weak_ptr<stall_watch>{result}, log = ctx.log,
                name = ctx.self.name.str(), &clock] {
    auto self = watch.lock();
    if (!self)
      return false;
    auto silent_for = clock.now() - self->last_ran_.load();
    if (silent_for < 2 * interval)
      return true;
    using std::chrono::duration_cast;
    auto time = duration_cast<std::chrono::seconds>(silent_for).count();
    log->write(log_level::warning,
               "node " + name + " has had no thread to run on for "
                 + std::to_string(time)
                 + " s, so it can neither work nor stop: actors that block "
                   "hold all threads of the actor system; spawn them with "
                   "caf::detached");
    return false;
  };
  caf_version::call_on_clock(system, interval, std::move(check));
  return result;
}

} // namespace cafmesh
