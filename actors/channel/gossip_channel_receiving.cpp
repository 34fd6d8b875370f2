#include "actors/channel/gossip_channel_state.hpp"

#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include "actors/core/mesh/routes.hpp"

// Input: what a neighbour's batch holds for our gossiper, and what to relay.
namespace cafmesh {

caf::response_promise gossip_channel_state::arrived(const deliveries& batch) {
  auto answer =
    std::make_shared<deferred_reply>(self, self->make_response_promise());
  auto promise = answer->promise();
  // Relaying slows the neighbour that sent to us; its failure must not close
  // the connection to that neighbour.
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
    // The gossiper gets messages in the order of their arrival.
    hand_over(std::exchange(mine, {}), answer);
    if (x.tag == wire::message_tag::broadcast)
      broadcast_came(batch, x, answer);
    else
      gossip_came(batch, x, answer);
  }
  hand_over(std::move(mine), answer);
  return promise;
}

std::uint64_t
gossip_channel_state::note_question(const deferred_reply_ptr& answer) {
  unanswered.emplace(++last_question, answer);
  return last_question;
}

void gossip_channel_state::answered(std::uint64_t question) {
  unanswered.erase(question);
}

void gossip_channel_state::answered(std::uint64_t question, caf::error why) {
  auto i = unanswered.find(question);
  if (i == unanswered.end())
    return;
  if (!caf_version::receiver_has_ended(why))
    i->second->note(std::move(why));
  unanswered.erase(i);
}

void gossip_channel_state::hand_over(unicasts_arrived mine,
                                     const deferred_reply_ptr& answer) {
  if (mine.messages.empty())
    return;
  figures.unicasts_received += mine.messages.size();
  auto question = note_question(answer);
  self->request(gossiper, caf::infinite, std::move(mine))
    .then([this, question] { answered(question); },
          [this, question](caf::error& why) {
            answered(question, std::move(why));
          });
}

template <class Arrived, class Relay>
void gossip_channel_state::ask_what_goes_on(Arrived what,
                                            const deferred_reply_ptr& answer,
                                            Relay relay_it) {
  auto question = note_question(answer);
  self->request(gossiper, caf::infinite, std::move(what))
    .then(
      [this, question, relay_it](gossip_data_ptr& on) {
        answered(question);
        if (on)
          relay_it(std::move(on));
      },
      [this, question](caf::error& why) {
        answered(question, std::move(why));
      });
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
  // A new channel, such as a surrogate at its first message, has no view yet.
  if (!to && !with_fresh_routes)
    return with_fresh_view(
      [this, x, answer] { relay_unicast(x, answer, true); });
  // Sending it back would make a loop: the neighbour's view differs from ours.
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
