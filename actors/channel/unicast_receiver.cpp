#include <cafmesh/unicast_receiver.hpp>

#include <stdexcept>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/own_thread.hpp"
#include <cafmesh/type_ids.hpp>

// A gossiper that passes unicasts to a function and ignores everything else.
namespace cafmesh {

namespace {

using receive_function = std::function<void(peer_name, const payload&)>;

struct unicast_receiver_state {
  static inline const char* name = "cafmesh_unicast_receiver";
};

gossiper_actor::behavior_type unicast_receiver_behavior(
  gossiper_actor::stateful_pointer<unicast_receiver_state>,
  const receive_function& receive) {
  return {
    [receive](const unicasts_arrived& xs) {
      for (const auto& x : xs.messages)
        receive(x.source, x.data);
    },
    [](const broadcast_arrived&) { return gossip_data_ptr{}; },
    [](const gossip_arrived&) { return gossip_data_ptr{}; },
    [](get_gossip) { return gossip_data_ptr{}; },
  };
}

} // namespace

gossiper_actor spawn_unicast_receiver(caf::actor_system& system,
                                      receive_function receive) {
  return system.spawn(unicast_receiver_behavior, std::move(receive));
}

gossiper_actor spawn_detached_unicast_receiver(caf::actor_system& system,
                                               receive_function receive) {
  if (auto why = caf_version::why_no_thread())
    throw std::runtime_error{*why};
  return system.spawn<caf::detached>(unicast_receiver_behavior,
                                     std::move(receive));
}

} // namespace cafmesh
