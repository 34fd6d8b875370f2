#include <cafmesh/scheduling.hpp>

#include <caf/actor_system_config.hpp>

// The settings of CAF's scheduler, for `actors/scheduling.hpp`.
namespace cafmesh {

void set_scheduling(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-throughput", std::size_t{100});
}

} // namespace cafmesh
