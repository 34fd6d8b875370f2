#include "actors/channel/surrogate.hpp"

#include <utility>

#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/core/gossip/relayed_data.hpp"
#include <cafmesh/escaped.hpp>

// The surrogate: passes on the data of a channel without interpreting it.
namespace cafmesh {

namespace {

struct surrogate_state {
  static inline const char* name = "cafmesh.surrogate";
};

gossiper_actor::behavior_type
surrogate_behavior(gossiper_actor::stateful_pointer<surrogate_state> self,
                   const context_ptr& ctx, const channel_name& channel) {
  auto is_new = [self, ctx,
                 key = ctx->seen->key_of(*channel)](const payload& x) {
    auto digest = crypto::keyed_digest(x.view(), key);
    return ctx->seen->is_new(digest, self->clock().now());
  };
  return {
    [](const unicasts_arrived&) {},
    [](const broadcast_arrived& x) { return relayed_data::of(x.data); },
    [is_new](const gossip_arrived& x) {
      return is_new(x.data) ? relayed_data::of(x.data) : gossip_data_ptr{};
    },
    [](get_gossip) { return gossip_data_ptr{}; },
  };
}

} // namespace

gossiper_actor spawn_surrogate(caf::local_actor* channel, context_ptr ctx,
                               const channel_name& name) {
  return ctx->parts->add(
    channel->spawn<caf::linked>(surrogate_behavior, ctx, name),
    "surrogate " + escaped_in_quotes(*name));
}

} // namespace cafmesh
