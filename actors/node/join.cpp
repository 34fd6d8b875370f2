#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include "actors/caf_version/local_unit.hpp"
#include "actors/caf_version/process.hpp"
#include "actors/node/spawn_node.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>
#include <cafmesh/router.hpp>

namespace cafmesh {

namespace {

using joined = caf::expected<gossip_channel_actor>;

// After this time without an answer, a warning is logged. A router usually
// answers within milliseconds, unless no thread is free to run it.
constexpr auto long_wait = std::chrono::seconds{5};

void ask_to_join(caf::event_based_actor* self, const router_actor& router,
                 const join_channel& what,
                 const std::shared_ptr<std::promise<joined>>& answer) {
  self->request(router, caf::infinite, what)
    .then(
      [answer](gossip_channel_actor& x) { answer->set_value(std::move(x)); },
      [answer](caf::error& why) { answer->set_value(std::move(why)); });
}

} // namespace

caf::expected<gossip_channel_actor>
join(caf::actor_system& system, const router_actor& router, std::string channel,
     gossiper_actor gossiper, log_sink_ptr log) {
  if (auto err = check_process(system))
    return err;
  if (caf_version::is_worker_of(system)
      || caf_version::local_unit::of_this_thread())
    return make_error(errc::bad_setting,
                      "join blocks its thread, which runs actors; send "
                      "join_channel to the router instead");
  auto name = escaped_in_quotes(channel);
  auto answer = std::make_shared<std::promise<joined>>();
  auto result = answer->get_future();
  system.spawn(ask_to_join, router,
               join_channel{std::move(channel), std::move(gossiper)}, answer);
  answer.reset();
  if (result.wait_for(long_wait) == std::future_status::timeout)
    (log ? log : make_spdlog_sink())
      ->write(log_level::warning,
              "join of channel " + name + " has waited "
                + std::to_string(long_wait.count())
                + " s for the router: do actors block all threads of the actor "
                  "system?");
  try {
    return result.get();
  } catch (const std::future_error&) {
    return make_error(errc::internal, "the actor that asked was ended");
  }
}

} // namespace cafmesh
