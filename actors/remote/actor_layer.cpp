#include "actors/remote/actor_layer.hpp"

#include <random>
#include <string>
#include <utility>

#include <caf/actor_system.hpp>

#include "actors/caf_version/node_identity.hpp"
#include "actors/remote/carrier.hpp"
#include "actors/remote/postman.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/log.hpp>

namespace cafmesh {

namespace {

constexpr std::size_t largest_message = 8 * 1024 * 1024;

std::uint64_t draw_key(const actor_settings& config) {
  if (config.seed)
    return *config.seed * 0x9e37'79b9'7f4a'7c15u + 1;
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

} // namespace

caf::error check(const actor_settings& x) {
  auto bad = [](const char* what) {
    return make_error(errc::bad_setting, what);
  };
  constexpr std::chrono::hours longest{24 * 365};
  if (x.down_after < std::chrono::milliseconds{100} || x.down_after > longest)
    return bad("actors.down_after: 100 ms to a year");
  if (x.left_after < std::chrono::milliseconds{1}
      || x.left_after > x.down_after)
    return bad("actors.left_after: 1 ms to actors.down_after");
  if (x.max_message == 0 || x.max_message > largest_message)
    return bad("actors.max_message: 1 to 8388608 bytes");
  if (x.window < 1024 || x.window > SIZE_MAX / 8)
    return bad("actors.window: at least 1024 bytes");
  if (x.actor_window < 1024 || x.actor_window > x.window)
    return bad("actors.actor_window: 1024 bytes to actors.window");
  return {};
}

caf::expected<actor_layer> spawn_actor_layer(caf::actor_system& system,
                                             const router_actor& router,
                                             actor_settings config,
                                             log_sink_ptr log) {
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
  auto postman = spawn_postman(system, shared, router,
                               log ? std::move(log) : make_spdlog_sink());
  return actor_layer{
    shared,
    caf::actor_cast<caf::typed_actor<caf::reacts_to<homes_changed>>>(postman)};
}

std::uint64_t dropped_messages(const actor_layer& x) {
  return static_cast<const carrier&>(*x.carrier).dropped();
}

} // namespace cafmesh
