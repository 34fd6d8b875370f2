#include "actors/channel/gossip_channel_state.hpp"

#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include "actors/core/mesh/routes.hpp"

namespace cafmesh {

caf::response_promise gossip_channel_state::arrived(const deliveries& batch) {
  auto answer =
    std::make_shared<deferred_reply>(self, self->make_response_promise());
  auto promise = answer->promise();
  // Relaying slows the neighbour that sent to us; that it fails is no reason to
  // part from him.
  deferred_reply_ptr relaying;
  unicasts_arrived mine;
  for (const auto& x : batch.messages) {
    if (x.tag == wire::message_tag::unicast) {
      if (x.destination == ctx->self.name) {
        mine.messages.push_back({x.source, batch.data(x)});
      } else {
        if (!relaying)
          relaying = std::make_shared<deferred_reply>(answer);
        relay_unicast({batch.neighbour, x.destination, batch.message(x)},
                      relaying, false);
      }
      continue;
    }
    // The gossiper gets things in the order in which they arrived.
    hand_over(std::exchange(mine, {}), answer);
    if (x.tag == wire::message_tag::broadcast)
      broadcast_came(batch, x, answer);
    else
      gossip_came(batch, x, answer);
  }
  hand_over(std::move(mine), answer);
  return promise;
}

std::uint64_t gossip_channel_state::owe(const deferred_reply_ptr& answer) {
  owed.emplace(++last_question, answer);
  return last_question;
}

void gossip_channel_state::settle(std::uint64_t question) {
  owed.erase(question);
}

void gossip_channel_state::settle(std::uint64_t question, caf::error why) {
  auto i = owed.find(question);
  if (i == owed.end())
    return;
  if (!caf_version::receiver_has_ended(why))
    i->second->note(std::move(why));
  owed.erase(i);
}

void gossip_channel_state::hand_over(unicasts_arrived mine,
                                     const deferred_reply_ptr& answer) {
  if (mine.messages.empty())
    return;
  figures.unicasts_received += mine.messages.size();
  auto question = owe(answer);
  self->request(gossiper, caf::infinite, std::move(mine))
    .then(
      [this, question] { settle(question); },
      [this, question](caf::error& why) { settle(question, std::move(why)); });
}

template <class Arrived, class Relay>
void gossip_channel_state::ask_what_goes_on(Arrived what,
                                            const deferred_reply_ptr& answer,
                                            Relay relay_it) {
  auto question = owe(answer);
  self->request(gossiper, caf::infinite, std::move(what))
    .then(
      [this, question, relay_it](gossip_data_ptr& on) {
        settle(question);
        if (on)
          relay_it(std::move(on));
      },
      [this, question](caf::error& why) { settle(question, std::move(why)); });
}

void gossip_channel_state::broadcast_came(const deliveries& batch,
                                          const delivery& x,
                                          const deferred_reply_ptr& answer) {
  ++figures.broadcasts_received;
  auto source = x.source;
  ask_what_goes_on(
    broadcast_arrived{source, batch.data(x)}, answer,
    [this, source, from = batch.neighbour, before = view](gossip_data_ptr on) {
      relay_broadcast(source, std::move(on), from, before);
    });
}

void gossip_channel_state::gossip_came(const deliveries& batch,
                                       const delivery& x,
                                       const deferred_reply_ptr& answer) {
  ++figures.gossips_received;
  ask_what_goes_on(
    gossip_arrived{batch.data(x)}, answer,
    [this, source = x.source, from = batch.neighbour](gossip_data_ptr news) {
      relay_gossip(source, std::move(news), from);
    });
}

void gossip_channel_state::relay_unicast(const relay& x,
                                         const deferred_reply_ptr& answer,
                                         bool with_fresh_routes) {
  const auto& [destination, hop, to] = way_to(x.destination);
  // A channel that is new, as for the first message that a surrogate relays,
  // has not seen a view at all.
  if (!to && !with_fresh_routes)
    return with_fresh_view(
      [this, x, answer] { relay_unicast(x, answer, true); });
  // Back to where it came from would be a circle: their view differs from ours.
  if (!to || *hop == x.from) {
    ++figures.unicasts_dropped;
    return;
  }
  ++figures.unicasts_relayed;
  outgoing on;
  on.tag = wire::message_tag::unicast;
  on.relayed = true;
  on.data = x.message;
  enqueue(*hop, *to, std::move(on), answer);
}

} // namespace cafmesh
