#include <cafmesh/remote_actors.hpp>

#include <utility>

#include <caf/actor_system.hpp>

#include "actors/directory/directory.hpp"
#include "actors/remote/actor_layer.hpp"
#include "actors/remote/spawner.hpp"

namespace cafmesh {

caf::expected<directory_actor> join_actors(caf::actor_system& system,
                                           const router_actor& router,
                                           std::optional<actor_settings> config,
                                           log_sink_ptr log) {
  if (!config) {
    auto given = get_actor_settings(system.config());
    if (!given)
      return std::move(given.error());
    config = *given;
  }
  if (auto err = check_spawnable(system, *config))
    return err;
  auto layer = spawn_actor_layer(system, router, *config, log);
  if (!layer)
    return std::move(layer.error());
  directory_parts parts;
  parts.carrier = layer->carrier;
  parts.node = system.node();
  parts.postman = layer->postman;
  auto names = spawn_directory(system, router, std::move(parts));
  spawn_spawner(system, *config, names, layer->postman, std::move(log));
  return names;
}

} // namespace cafmesh
