#include "actors/channel/gossip_sender.hpp"

#include <optional>
#include <utility>
#include <vector>

#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/channel/deferred_reply.hpp"
#include "actors/core/gossip/blame.hpp"
#include "actors/core/gossip/gossip_queue.hpp"
#include "actors/core/gossip/sending_pace.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh {

// gossip_sender -> itself: the time to gather data is over
struct gathered {};

using sender_interface = gossip_sender_actor::extend<caf::reacts_to<gathered>>;

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::gathered)

namespace cafmesh {

namespace {

// The maximum number of bytes in a batch to the connection, unless a single
// message is longer.
constexpr std::size_t most_at_once = 512 * 1024;

// A batch with fewer bytes takes the next item too. With more, the neighbour
// would have to keep much in memory before it gets to the first item.
constexpr std::size_t usual_batch = 32 * 1024;

struct gossip_sender_state {
  explicit gossip_sender_state(sender_interface::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.gossip_sender";

  void start(context_ptr context, channel_name of, connection_actor connection,
             data_owner_actor told_of_faults) {
    ctx = std::move(context);
    owner = std::move(told_of_faults);
    channel = std::move(of);
    to = std::move(connection);
    queue.emplace(ctx->budgets->of(to));
    while_connected.emplace(self, to);
    caf_version::on_down(self, [this](const caf::actor_addr&,
                                      const caf::error&) { self->quit(); });
  }

  void queued() {
    if (queue->dropped() > 0 && !std::exchange(told_of_drops, true))
      ctx->write(log_level::warning,
                 "channel " + escaped_in_quotes(*channel)
                   + ": too much waits for a neighbour; the oldest of what is "
                     "relayed is dropped");
    pump();
  }

  void pump() {
    if (busy || gathering)
      return;
    if (next == messages.size()) {
      in_flight.clear();
      if (!take_next_item()) {
        waiting_for_end.clear();
        return gather();
      }
    }
    busy = sent_some = true;
    auto go_on = [this] {
      busy = false;
      pump();
    };
    self->request(to, caf::infinite, next_batch())
      .then(go_on, [this, go_on](const caf::error& why) {
        // Other errors mean that the connection has ended, which `on_down`
        // handles.
        if (!is(why, errc::too_large))
          return;
        ctx->write(log_level::warning, "channel " + escaped_in_quotes(*channel)
                                         + ": " + describe(why));
        go_on();
      });
  }

  // Delays data of the topology for a while if much was sent lately. Data of
  // applications is never delayed.
  void gather() {
    if (*channel != topology_channel || !std::exchange(sent_some, false))
      return;
    auto pause = pace.sent(self->clock().now());
    if (pause <= duration::zero())
      return;
    gathering = true;
    self->delayed_send(self, pause, gathered{});
  }

  void go_on_after_pause() {
    gathering = false;
    pump();
  }

  // Encodes the next item and frees its data.
  bool take_next_item() {
    std::optional<gossip_queue::item> current;
    do {
      current = queue->pop();
      messages.clear();
      next = 0;
      if (!current)
        break;
      source = current->broadcast_source;
      messages = queue->faults().guard([&] { return current->data->encode(); });
      in_flight.push_back(std::move(current->share));
    } while (messages.empty());
    if (auto count = queue->faults().take())
      self->send(owner, data_failed{count, queue->faults().latest()});
    return current.has_value();
  }

  transmit next_batch() {
    transmit result;
    result.channel = channel;
    std::size_t size = 0;
    do {
      outgoing x;
      x.tag = source ? wire::message_tag::broadcast : wire::message_tag::gossip;
      x.source = source.value_or(ctx->self.name);
      size += messages[next].size();
      x.data = std::move(messages[next++]);
      result.items.push_back(std::move(x));
    } while (next < messages.size()
               ? size + messages[next].size() <= most_at_once
               : size < usual_batch && take_next_item());
    return result;
  }

  sender_interface::pointer self;
  context_ptr ctx;
  channel_name channel;
  connection_actor to;
  std::optional<caf_version::scoped_monitor<sender_interface::base>>
    while_connected;
  data_owner_actor owner;
  std::optional<gossip_queue> queue;
  std::vector<payload> messages;   // of the item that was taken last
  std::optional<peer_name> source; // of that item, if it is a broadcast
  std::size_t next = 0;            // the index of the next message
  // The shares of the budget for messages that the connection may still have.
  std::vector<budget_share> in_flight;
  sending_pace pace;
  bool busy = false;
  bool gathering = false;
  bool sent_some = false; // since the last pause
  bool told_of_drops = false;
  // These requests are answered when everything is sent.
  std::vector<deferred_reply_ptr> waiting_for_end;
};

sender_interface::behavior_type gossip_sender_behavior(
  sender_interface::stateful_pointer<gossip_sender_state> self,
  const context_ptr& ctx, const channel_name& name, const connection_actor& to,
  const data_owner_actor& owner) {
  auto st = &self->state;
  st->start(ctx, name, to, owner);
  return {
    [st](queue_gossip& x) {
      st->queue->add_gossip(std::move(x.data));
      st->queued();
    },
    [st](queue_broadcast& x) {
      st->queue->add_broadcast(x.source, std::move(x.data));
      st->queued();
    },
    [st](drain) {
      st->waiting_for_end.push_back(std::make_shared<deferred_reply>(
        st->self, st->self->make_response_promise()));
      st->go_on_after_pause();
    },
    [st](gathered) { st->go_on_after_pause(); },
  };
}

} // namespace

gossip_sender_actor spawn_gossip_sender(caf::local_actor* channel,
                                        context_ptr ctx, channel_name name,
                                        connection_actor to,
                                        data_owner_actor owner) {
  auto what = "gossip_sender of channel " + escaped_in_quotes(*name);
  return ctx->parts->add(
    channel->spawn<caf::linked>(gossip_sender_behavior, ctx, std::move(name),
                                std::move(to), std::move(owner)),
    std::move(what));
}

} // namespace cafmesh
