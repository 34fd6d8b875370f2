#include "actors/remote/actor_layer.hpp"

#include <string>
#include <utility>

#include <caf/actor_system.hpp>

#include "actors/caf_version/node_identity.hpp"
#include "actors/context/random_number.hpp"
#include "actors/remote/carrier.hpp"
#include "actors/remote/postman.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/log.hpp>

// Starts the carrier and the postman, which carry messages between the actors
// of different peers.
namespace cafmesh {

namespace {

std::uint64_t draw_key(const actor_settings& config) {
  if (config.seed)
    return *config.seed * 0x9e37'79b9'7f4a'7c15u + 1;
  return random_number();
}

} // namespace

caf::expected<actor_layer> spawn_actor_layer(caf::actor_system& system,
                                             const router_actor& router,
                                             actor_settings config,
                                             log_sink_ptr log,
                                             blocking_work where) {
  if (!caf_version::has_identity(system))
    return make_error(errc::no_identity,
                      "the actor system has no node ID of its own: call "
                      "cafmesh::add_options(config) in the constructor of its "
                      "configuration");
  if (!router)
    return make_error(errc::bad_setting, "join_actors takes a router");
  if (auto err = check(config))
    return err;
  auto shared = std::make_shared<carrier>(system, config, draw_key(config));
  auto postman = spawn_postman(system, shared, router, where,
                               log ? std::move(log) : make_spdlog_sink());
  return actor_layer{shared, postman};
}

std::uint64_t dropped_messages(const actor_layer& x) {
  return static_cast<carrier&>(*x.carrier).dropped().counts().total();
}

} // namespace cafmesh
