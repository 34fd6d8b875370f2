#include "actors/channel/gossip_channel_state.hpp"

#include <utility>

#include <caf/stateful_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/channel/gossip_sender.hpp"
#include "actors/channel/surrogate.hpp"
#include "actors/core/gossip/blame.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

// The life of a channel, its handlers, and how it adopts a gossiper.
namespace cafmesh {

// -- life

void gossip_channel_state::start(context_ptr context, std::string text,
                                 gossiper_actor receiver,
                                 sending_log_ptr senders_log,
                                 channel_usage_ptr noted) {
  ctx = std::move(context);
  sending = std::move(senders_log);
  usage = std::move(noted);
  channel = std::make_shared<const std::string>(std::move(text));
  rng.seed(ctx->draw_seed(std::hash<std::string>{}(*channel)));
  loops.emplace(rng());
  lanes.emplace(ctx->config.max_waiting_bytes);
  view = std::make_shared<const mesh_view>();
  surrogate = !receiver;
  is_topology = *channel == topology_channel;
  gossiper =
    receiver ? std::move(receiver) : spawn_surrogate(self, ctx, channel);
  self->monitor(gossiper);
  caf_version::on_down(self,
                       [this](const caf::actor_addr& who, const caf::error& x) {
                         if (who == gossiper)
                           gossiper_down(x);
                       });
  caf_version::on_exit(self,
                       [this](const caf::error& reason) { stop(reason); });
  self->send(ctx->topology, watch_views{view_watcher_actor{self}});
  schedule_first_gossip();
}

caf::result<void> gossip_channel_state::adopt(gossiper_actor receiver) {
  if (!surrogate)
    return make_error(errc::duplicate_channel,
                      "channel '" + *channel + "' has a gossiper already");
  self->demonitor(caf::actor_cast<caf::actor_addr>(gossiper));
  self->send_exit(gossiper, caf::exit_reason::user_shutdown);
  gossiper = std::move(receiver);
  self->monitor(gossiper);
  surrogate = false;
  usage.reset();
  return caf::unit;
}

// Ends the channel once the messages that are already in the mailbox have been
// handled. An exit message would overtake these messages, and CAF would answer
// them with an error of its own.
void gossip_channel_state::stop(const caf::error& reason) {
  if (!reason || end_reason)
    return;
  end_reason = reason;
  self->send(self, end_now{});
}

void gossip_channel_state::log(log_level level, const std::string& text) const {
  ctx->write(level, "channel " + escaped_in_quotes(*channel) + ": " + text);
}

void gossip_channel_state::log_seldom(const std::string& topic,
                                      const std::string& text) {
  if (auto left_out = lines.take_line(topic, self->clock().now()))
    log(log_level::warning, text + left_out_text(*left_out));
}

channel_status gossip_channel_state::status() const {
  auto result = figures;
  result.name = *channel;
  result.surrogate = surrogate;
  result.unicasts_dropped += lanes->dropped();
  return result;
}

namespace {

channel_interface::behavior_type gossip_channel_behavior(
  channel_interface::stateful_pointer<gossip_channel_state> self,
  const context_ptr& ctx, const std::string& name,
  const gossiper_actor& gossiper, const sending_log_ptr& sending,
  const channel_usage_ptr& usage) {
  auto st = &self->state;
  st->start(ctx, name, gossiper, sending, usage);
  auto promised = [self] {
    return std::make_shared<deferred_reply>(self,
                                            self->make_response_promise());
  };
  // CAF tries the handlers in this order, so the most frequent messages come
  // first.
  return {
    [st](const deliveries& batch) -> caf::result<void> {
      caf::response_promise answer;
      st->then_flush([&] { answer = st->arrived(batch); });
      return answer;
    },
    [st](flush_lanes) { st->flush(); },
    [st, promised](const unicast& x) {
      st->then_flush([&] { st->send_unicast(x, promised()); });
    },
    [st](const posted_unicasts& x) {
      st->then_flush([&] {
        for (const auto& one : x.messages)
          st->send_unicast(one, nullptr);
      });
    },
    [st, promised](const unicasts& x) {
      st->then_flush([&, answer = promised()] {
        for (const auto& one : x.messages)
          st->send_unicast(one, answer);
      });
    },
    [st](broadcast& x) {
      if (x.data)
        st->relay_broadcast(st->ctx->self.name, std::move(x.data));
    },
    [st](gossip& x) {
      if (x.data)
        st->relay_gossip(st->ctx->self.name, std::move(x.data));
    },
    [st](const surplus_ignored& x) { st->surplus(x); },
    [st](const channel_bypassed& x) { st->bypassed(x); },
    [st](const data_failed& x) { st->lost_data(x); },
    [st](adopt_gossiper& x) { return st->adopt(std::move(x.gossiper)); },
    [st](tell_neighbour& x) {
      st->self->send(st->sender_to(x.name, x.connection),
                     queue_gossip{std::move(x.data)});
    },
    [st, promised](drain) { st->drain_to(promised()); },
    [st](get_channel_status) { return st->status(); },
    [st](view_changed& x) { st->set_view(std::move(x.view)); },
    [st](const neighbour_added& x) { st->send_everything(x); },
    [st](const neighbour_lost& x) { st->lose(x); },
    [st](gossip_due) { st->gossip_periodically(); },
    [st](check_lanes) { st->look_for_stuck(); },
    [st](leaves_due) {
      st->with_fresh_view([st] {
        st->leaves_scheduled = false;
        st->tell_leaves(st->self->clock().now());
      });
    },
    [st](check_answers) { st->look_for_overdue(); },
    [st](sweep_senders) { st->sweep(); },
    [st](end_now) { st->self->quit(st->end_reason); },
  };
}

} // namespace

inner_channel_actor spawn_gossip_channel(caf::local_actor* parent,
                                         context_ptr ctx, std::string name,
                                         gossiper_actor gossiper,
                                         sending_log_ptr sending,
                                         channel_usage_ptr usage) {
  auto what = "channel " + escaped_in_quotes(name);
  return ctx->parts->add(parent->spawn(gossip_channel_behavior, ctx,
                                       std::move(name), std::move(gossiper),
                                       std::move(sending), std::move(usage)),
                         std::move(what), node_parts::logged_by::router);
}

} // namespace cafmesh
