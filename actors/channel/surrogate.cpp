#include "actors/channel/surrogate.hpp"

#include <utility>

#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/core/gossip/recently_seen.hpp"
#include "actors/core/gossip/relayed_data.hpp"

namespace cafmesh {

namespace {

struct surrogate_state {
  static inline const char* name = "cafmesh.surrogate";
  std::optional<recently_seen> seen;
};

gossiper_actor::behavior_type
surrogate_behavior(gossiper_actor::stateful_pointer<surrogate_state> self,
                   const context_ptr& ctx) {
  self->state.seen.emplace(ctx->config.gossip_interval,
                           ctx->draw_seed(0x5105'0647u));
  return {
    [](const unicasts_arrived&) {},
    [](const broadcast_arrived& x) { return relayed_data::of(x.data); },
    [self](const gossip_arrived& x) {
      auto is_new =
        self->state.seen->is_new(x.data.view(), self->clock().now());
      return is_new ? relayed_data::of(x.data) : gossip_data_ptr{};
    },
    [](get_gossip) { return gossip_data_ptr{}; },
  };
}

} // namespace

gossiper_actor spawn_surrogate(caf::local_actor* channel, context_ptr ctx) {
  return channel->spawn<caf::linked>(surrogate_behavior, std::move(ctx));
}

} // namespace cafmesh
