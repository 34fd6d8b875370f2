#include "actors/channel/gossip_channel_state.hpp"

#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include "actors/caf_version/tell.hpp"
#include "actors/channel/gossip_sender.hpp"
#include "actors/context/stopped.hpp"
#include "actors/core/mesh/routes.hpp"
#include <cafmesh/errc.hpp>

// Output: queues unicasts for each neighbour, and passes broadcasts and gossip
// to the gossip senders.
namespace cafmesh {

namespace {

// The time between two checks for neighbours that take no unicasts.
constexpr auto lane_check_interval = std::chrono::milliseconds{100};

caf::error as_no_connection(const caf::error& why) {
  if (!caf_version::receiver_has_ended(why))
    return why;
  return make_error(errc::no_connection, "connection ended: " + describe(why));
}

} // namespace

void gossip_channel_state::send_unicast(const unicast& x,
                                        const deferred_reply_ptr& answer) {
  if (end_reason) {
    ++figures.unicasts_dropped;
    return note(answer, node_stopped());
  }
  auto size = wire::message_size(wire::message_tag::unicast, *channel,
                                 ctx->self.name, x.to, x.data.size());
  auto limit = wire::max_frame_size - crypto::seal_overhead;
  if (size > limit) {
    ++figures.unicasts_dropped;
    return note(answer, make_error(errc::too_large,
                                   "unicast of " + std::to_string(size)
                                     + " bytes with its envelope, the limit is "
                                     + std::to_string(limit)));
  }
  if (x.to == ctx->self.name) {
    unicasts_arrived mine;
    mine.messages.push_back({x.to, x.data});
    return hand_over(std::move(mine), {answer, std::nullopt});
  }
  route_unicast(x, answer, false);
}

void gossip_channel_state::route_unicast(const unicast& x,
                                         const deferred_reply_ptr& answer,
                                         bool with_fresh_routes) {
  const auto& [destination, hop, to] = way_to(x.to);
  if (to && (with_fresh_routes || !others_wait_for_way(x.to))) {
    ++figures.unicasts_sent;
    outgoing message;
    message.tag = wire::message_tag::unicast;
    message.source = ctx->self.name;
    message.destination = x.to;
    message.data = x.data;
    return enqueue(*hop, *to, std::move(message), answer);
  }
  if (!with_fresh_routes)
    return with_fresh_way(
      x.to, [this, x, answer] { route_unicast(x, answer, true); });
  ++figures.unicasts_dropped;
  note(answer, hop ? make_error(errc::no_connection,
                                "no connection to " + hop->str()
                                  + ", the next hop to " + x.to.str())
                   : make_error(errc::no_route, "no way to " + x.to.str()));
}

void gossip_channel_state::enqueue(peer_name hop, const connection_actor& to,
                                   outgoing x,
                                   const deferred_reply_ptr& answer) {
  lanes->add(hop, to, std::move(x), answer);
  if (!flushing) {
    // `flush_lanes` is handled after the messages that are already in our
    // mailbox, so the unicasts that these messages add go into the same batch.
    flushing = true;
    self->send(self, flush_lanes{});
  }
  if (!checking_lanes) {
    checking_lanes = true;
    self->delayed_send(self, lane_check_interval, check_lanes{});
  }
}

void gossip_channel_state::flush() {
  flushing = false;
  while (auto batch = lanes->next_batch(self->clock().now())) {
    auto taken = [this](const unicast_lanes::batch& x, const caf::error& why) {
      lanes->taken(x, why, self->clock().now());
      flush();
    };
    auto to = batch->to;
    auto items = transmit{channel, std::exchange(batch->items, {})};
    if (!batch->needs_answer) {
      caf_version::tell(self, to, std::move(items));
      continue;
    }
    self->request(to, caf::infinite, std::move(items))
      .then([taken, x = *batch] { taken(x, {}); },
            [taken, x = *batch](const caf::error& why) {
              taken(x, as_no_connection(why));
            });
  }
}

void gossip_channel_state::look_for_stuck() {
  checking_lanes = lanes->check(self->clock().now());
  flush();
  if (checking_lanes)
    self->delayed_send(self, lane_check_interval, check_lanes{});
}

// Relays a broadcast along the broadcast tree of `source`, but not back to
// `from`. A broadcast that went back could loop while the routes of `from`
// differ from ours.
void gossip_channel_state::relay_broadcast(peer_name source,
                                           gossip_data_ptr data, peer_name from,
                                           mesh_view_ptr before) {
  with_fresh_view([this, source, data = std::move(data), from,
                   before = std::move(before)] {
    auto gathers =
      view->connections.size() >= gathered_news::few
      && !faults.guard([&] { return data->depends_on_source(); }, true);
    check_faults(faults);
    auto for_a_leaf = false;
    auto pass_on = [&](const std::vector<peer_name>& neighbours) {
      for (auto neighbour : neighbours) {
        const auto* to = neighbour != from ? connection_to(neighbour) : nullptr;
        if (to && gathers && view->routes->is_leaf(neighbour))
          for_a_leaf = true;
        else if (to)
          self->send(sender_to(neighbour, *to), queue_broadcast{source, data});
      }
      if (for_a_leaf)
        tell_leaves_soon(data);
    };
    if (view->routes && view->routes->knows(source))
      pass_on(broadcast_targets(source));
    else if (before && before->routes)
      pass_on(before->routes->broadcast_targets(source));
  });
}

// Gathers data for leaves and sends it when it is due. A leaf is a neighbour
// without other neighbours. Requires that `view` is up to date, as
// `tell_leaves` does.
void gossip_channel_state::tell_leaves_soon(gossip_data_ptr data) {
  for_leaves.add(std::move(data));
  check_faults(for_leaves.faults());
  if (leaves_scheduled)
    return;
  auto due = *for_leaves.due_at();
  auto now = self->clock().now();
  if (due <= now)
    return tell_leaves(now);
  leaves_scheduled = true;
  self->delayed_send(self, due - now, leaves_due{});
}

void gossip_channel_state::tell_leaves(instant now) {
  auto data = for_leaves.take(view->connections.size(), now);
  if (!data || !view->routes)
    return;
  for (const auto& [neighbour, to] : view->connections)
    if (view->routes->is_leaf(neighbour))
      self->send(sender_to(neighbour, to), queue_gossip{data});
}

void gossip_channel_state::relay_gossip(peer_name source, gossip_data_ptr data,
                                        peer_name from) {
  with_fresh_view([this, source, data = std::move(data), from] {
    if (!view->routes)
      return;
    for (auto neighbour : view->routes->random_neighbours(source, rng)) {
      const auto* to = neighbour != from ? connection_to(neighbour) : nullptr;
      if (to)
        self->send(sender_to(neighbour, *to), queue_gossip{data});
    }
  });
}

void gossip_channel_state::drain_to(const deferred_reply_ptr& answer) {
  draining = true;
  // The messages that wait for an up-to-date view have to be sent first.
  with_fresh_view([this, answer] {
    if (auto due = for_leaves.due_at())
      tell_leaves(*due);
    lanes->answer_at_end(std::make_shared<deferred_reply>(answer));
    flush();
    for (const auto& x : senders)
      self->request(x.second.sender, caf::infinite, drain{})
        .then([answer] {}, [answer](const caf::error&) {});
  });
}

} // namespace cafmesh
