#include "gossip_sender.hpp"

#include <utility>
#include <vector>

#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "../messages/errc.hpp"
#include "../messages/quoted.hpp"
#include "core/gossip_queue.hpp"
#include "late_answer.hpp"

namespace cafmesh {

namespace {

struct gossip_sender_state {
  explicit gossip_sender_state(gossip_sender_actor::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.gossip_sender";

  void pump() {
    if (busy)
      return;
    auto item = queue.pop();
    if (!item)
      return waiting_for_end.clear();
    transmit batch;
    batch.channel = channel;
    for (auto& message : item->data->encode()) {
      outgoing x;
      x.tag = item->broadcast_source ? wire::message_tag::broadcast
                                     : wire::message_tag::gossip;
      x.source = item->broadcast_source.value_or(ctx->self.name);
      x.data = std::move(message);
      batch.items.push_back(std::move(x));
    }
    busy = true;
    auto go_on = [this] {
      busy = false;
      pump();
    };
    self->request(to, caf::infinite, std::move(batch))
      .then(go_on, [this, go_on](const caf::error& why) {
        // All else means that the connection is gone, and we end with it.
        if (!is(why, errc::too_large))
          return;
        ctx->write(log_level::warning,
                   "channel " + quoted(*channel) + ": " + describe(why));
        go_on();
      });
  }

  gossip_sender_actor::pointer self;
  context_ptr ctx;
  channel_name channel;
  connection_actor to;
  gossip_queue queue;
  bool busy = false;
  std::vector<late_answer_ptr> waiting_for_end; // answered when they go
};

gossip_sender_actor::behavior_type gossip_sender_behavior(
  gossip_sender_actor::stateful_pointer<gossip_sender_state> self,
  const context_ptr& ctx, const channel_name& name,
  const connection_actor& to) {
  auto st = &self->state;
  st->ctx = ctx;
  st->channel = name;
  st->to = to;
  self->monitor(to);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  return {
    [st](queue_gossip& x) {
      st->queue.add_gossip(std::move(x.data));
      st->pump();
    },
    [st](queue_broadcast& x) {
      st->queue.add_broadcast(x.source, std::move(x.data));
      st->pump();
    },
    [st](drain) {
      st->waiting_for_end.push_back(std::make_shared<late_answer>(
        st->self, st->self->make_response_promise()));
      st->pump();
    },
  };
}

} // namespace

gossip_sender_actor spawn_gossip_sender(caf::local_actor* channel,
                                        context_ptr ctx, channel_name name,
                                        connection_actor to) {
  return channel->spawn<caf::linked>(gossip_sender_behavior, std::move(ctx),
                                     std::move(name), std::move(to));
}

} // namespace cafmesh
