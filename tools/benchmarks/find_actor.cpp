#include "tools/benchmarks/find_actor.hpp"

#include <chrono>
#include <thread>

#include <caf/scoped_actor.hpp>
#include <cafmesh/all.hpp>

#include "tools/benchmarks/measure.hpp"

namespace bench {

caf::actor find_actor(caf::actor_system& system,
                      const cafmesh::directory_actor& names,
                      const std::string& name) {
  constexpr std::chrono::seconds patience{30};
  caf::scoped_actor self{system};
  auto end = steady::now() + patience;
  caf::actor result;
  while (!result && steady::now() < end)
    self
      ->request(names, patience, cafmesh::resolution<caf::actor>(system, name))
      .receive(
        [&](cafmesh::resolved_actors& x) {
          result = x.all.front().as<caf::actor>();
        },
        [](caf::error&) {
          std::this_thread::sleep_for(std::chrono::milliseconds{20});
        });
  return result;
}

} // namespace bench
