#include "actors/channel/gossip_channel_state.hpp"

#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include <cafmesh/errc.hpp>

// Sends the complete state to random neighbours at each gossip interval, and to
// each new neighbour immediately.
namespace cafmesh {

// Schedules the first gossip at a random time within the gossip interval, so
// that nodes that were started together do not gossip at the same time.
void gossip_channel_state::schedule_first_gossip() {
  const auto latest = duration{ctx->config.gossip_interval}.count();
  self->delayed_send(
    self,
    duration{std::uniform_int_distribution<duration::rep>{1, latest}(rng)},
    gossip_due{});
}

void gossip_channel_state::schedule_gossip() {
  self->delayed_send(self, ctx->config.gossip_interval, gossip_due{});
}

void gossip_channel_state::gossip_periodically() {
  schedule_gossip();
  loops->relax(self->clock().now());
  broadcasters.relax(self->clock().now());
  if (surrogate)
    return;
  if (is_topology)
    return gossip_topology();
  receivers_of_next_state.random = true;
  ask_for_state();
}

void gossip_channel_state::send_everything(const neighbour_added& x) {
  if (surrogate || (is_topology && x.has_topology))
    return;
  receivers_of_next_state.added[x.name] = x.connection;
  ask_for_state();
}

// Asks the gossiper for its complete state, unless an earlier request is still
// open. The answer to an open request may lack recent changes, so neighbours
// added since then wait for the next request.
void gossip_channel_state::ask_for_state() {
  if (awaiting_state || receivers_of_next_state.empty())
    return;
  awaiting_state = true;
  receivers_of_state = std::exchange(receivers_of_next_state, {});
  auto number = open_question({});
  self->request(gossiper, caf::infinite, get_gossip{})
    .then(
      [this, number](const gossip_data_ptr& everything) {
        if (take_question(number))
          pass_on_state(everything);
      },
      [this, number](const caf::error& why) {
        if (!take_question(number))
          return;
        if (!caf_version::receiver_has_ended(why))
          log_seldom("state", "no state to gossip: " + describe(why));
        pass_on_state(nullptr);
      });
}

void gossip_channel_state::pass_on_state(const gossip_data_ptr& everything) {
  awaiting_state = false;
  auto receivers = std::exchange(receivers_of_state, {});
  if (everything) {
    for (const auto& [neighbour, connection] : receivers.added)
      self->send(sender_to(neighbour, connection), queue_gossip{everything});
    if (receivers.random)
      relay_gossip(ctx->self.name, everything);
  }
  ask_for_state();
}

} // namespace cafmesh
