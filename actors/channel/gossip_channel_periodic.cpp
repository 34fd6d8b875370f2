#include "actors/channel/gossip_channel_state.hpp"

#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include <cafmesh/errc.hpp>

// Sends the complete state to random neighbours every gossip interval, and to
// each new neighbour at once.
namespace cafmesh {

void gossip_channel_state::schedule_gossip() {
  self->delayed_send(self, ctx->config.gossip_interval, gossip_due{});
}

void gossip_channel_state::gossip_periodically() {
  schedule_gossip();
  circles->relax(self->clock().now());
  // Questions must not pile up at a gossiper that does not answer.
  if (surrogate || std::exchange(awaiting_state, true))
    return;
  self->request(gossiper, caf::infinite, get_gossip{})
    .then(
      [this](gossip_data_ptr& everything) {
        awaiting_state = false;
        if (everything)
          relay_gossip(ctx->self.name, std::move(everything));
      },
      [this](const caf::error& why) {
        awaiting_state = false;
        // The end of a gossiper is logged elsewhere.
        if (!caf_version::receiver_has_ended(why))
          log_seldom("state", "no state to gossip: " + describe(why));
      });
}

void gossip_channel_state::send_everything(const neighbour_added& x) {
  if (surrogate)
    return;
  self->request(gossiper, caf::infinite, get_gossip{})
    .then(
      [this, x](gossip_data_ptr& everything) {
        if (everything)
          self->send(sender_to(x.name, x.connection),
                     queue_gossip{std::move(everything)});
      },
      [this](const caf::error& why) {
        if (!caf_version::receiver_has_ended(why))
          log_seldom("state", "no state for a new peer: " + describe(why));
      });
}

} // namespace cafmesh
