#include "actors/channel/gossip_sender.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/channel/deferred_reply.hpp"
#include "actors/core/gossip/gossip_queue.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

// The gossip sender: merges one channel's gossip while it waits for one
// neighbour, and sends it in batches.
namespace cafmesh {

namespace {

// The maximum size in bytes of a batch that goes to the connection, unless a
// single message is longer.
constexpr std::size_t most_at_once = 512 * 1024;

struct gossip_sender_state {
  explicit gossip_sender_state(gossip_sender_actor::pointer self_ptr)
      : self(self_ptr) {
  }

  static inline const char* name = "cafmesh.gossip_sender";

  void start(context_ptr context, channel_name of, connection_actor connection,
             data_owner_actor of_data, sending_log_ptr shared_log) {
    ctx = std::move(context);
    log = std::move(shared_log);
    owner = std::move(of_data);
    channel = std::move(of);
    to = std::move(connection);
    queue.emplace(ctx->budgets->of(to));
    while_connected.emplace(self, to);
    caf_version::on_down(self, [this](const caf::actor_addr&,
                                      const caf::error&) { self->quit(); });
  }

  void queued() {
    if (queue->dropped() > std::exchange(drops_seen, queue->dropped()))
      warn("waiting", "too much waits for a neighbour; the oldest messages are "
                      "dropped");
    pump();
  }

  void warn(const char* kind, const std::string& text) {
    log->warn(*ctx, kind, *channel, text, self->clock().now());
  }

  void pump() {
    if (busy)
      return;
    if (next == messages.size() && !take_next_item())
      return waiting_for_end.clear();
    busy = true;
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
        warn("large", describe(why));
        go_on();
      });
  }

  bool take_next_item() {
    do {
      current.reset();
      current = queue->pop();
      messages.clear();
      if (current)
        messages =
          queue->faults().guard([this] { return current->data->encode(); });
      next = 0;
    } while (current && messages.empty());
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
      x.tag = current->broadcast_source ? wire::message_tag::broadcast
                                        : wire::message_tag::gossip;
      x.source = current->broadcast_source.value_or(ctx->self.name);
      size += messages[next].size();
      x.data = std::move(messages[next++]);
      result.items.push_back(std::move(x));
    } while (next < messages.size()
             && size + messages[next].size() <= most_at_once);
    current->data.reset();
    return result;
  }

  gossip_sender_actor::pointer self;
  context_ptr ctx;
  sending_log_ptr log;
  channel_name channel;
  connection_actor to;
  std::optional<caf_version::scoped_monitor<gossip_sender_actor::base>>
    while_connected;
  data_owner_actor owner;
  std::optional<gossip_queue> queue;
  std::optional<gossip_queue::item> current; // the item being sent
  std::vector<payload> messages;
  std::size_t next = 0;
  bool busy = false;
  std::uint64_t drops_seen = 0; // drops counted at the last check
  std::vector<deferred_reply_ptr> waiting_for_end;
};

gossip_sender_actor::behavior_type gossip_sender_behavior(
  gossip_sender_actor::stateful_pointer<gossip_sender_state> self,
  const context_ptr& ctx, const channel_name& name, const connection_actor& to,
  const data_owner_actor& owner, const sending_log_ptr& log) {
  auto st = &self->state;
  st->start(ctx, name, to, owner, log);
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
      st->pump();
    },
  };
}

} // namespace

gossip_sender_actor spawn_gossip_sender(caf::local_actor* channel,
                                        context_ptr ctx, channel_name name,
                                        connection_actor to,
                                        data_owner_actor owner,
                                        sending_log_ptr log) {
  auto what = "gossip_sender of channel " + escaped_in_quotes(*name);
  return ctx->parts->add(channel->spawn<caf::linked>(
                           gossip_sender_behavior, ctx, std::move(name),
                           std::move(to), std::move(owner), std::move(log)),
                         std::move(what));
}

} // namespace cafmesh
