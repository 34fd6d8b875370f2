#include "actors/channel/gossip_channel_state.hpp"

#include <utility>

#include "actors/core/gossip/blame.hpp"
#include "actors/core/mesh/routes.hpp"
#include <cafmesh/errc.hpp>

// Input: hands a neighbour's messages to our gossiper or relays them.
namespace cafmesh {

caf::response_promise gossip_channel_state::arrived(const deliveries& batch) {
  auto answer =
    std::make_shared<deferred_reply>(self, self->make_response_promise());
  auto promise = answer->promise();
  const auto now = self->clock().now();
  if (usage)
    usage->touch(now);
  // The answer to the neighbour's batch waits until all messages of the batch
  // are relayed, so a slow next hop slows the neighbour down. Failures are not
  // reported, because an error would close the connection to the neighbour.
  deferred_reply_ptr relaying;
  unicasts_arrived mine;
  auto is_its_own = true; // whether the neighbour made all of `mine`
  auto hand_over_mine = [&] {
    if (mine.messages.empty())
      return;
    mine.neighbour = batch.neighbour;
    hand_over(std::exchange(mine, {}),
              {answer, batch.neighbour, std::exchange(is_its_own, true)});
  };
  auto is_looping = [&](const delivery& x, loop_guard::compared bytes,
                        const loop_guard::sender_function& sender) {
    auto result = !loops->may_pass(batch.message_view(x), batch.neighbour, now,
                                   bytes, sender);
    figures.looped += result ? 1 : 0;
    return result;
  };
  auto sender_of = [&](const delivery& x) -> loop_guard::sender_function {
    if (broadcasters.are_settled(now))
      return {};
    if (x.tag == wire::message_tag::unicast)
      return [] {
        return expected_sender{{}, {}, false, true};
      };
    return [this, now, source = x.source] {
      return broadcasters.of(source, now);
    };
  };
  for (const auto& x : batch.messages) {
    if (x.tag != wire::message_tag::unicast) {
      // The gossiper must get all messages in the order of their arrival.
      hand_over_mine();
      if (x.tag == wire::message_tag::gossip)
        gossip_came(batch, x, answer);
      else if (!is_looping(x, loop_guard::compared::all, sender_of(x)))
        broadcast_came(batch, x, answer);
    } else if (x.destination == ctx->self.name) {
      mine.messages.push_back({x.source, batch.data(x)});
      is_its_own =
        is_its_own && is_to_blame(*channel, x.tag, x.source, batch.neighbour);
    } else if (!is_looping(x, loop_guard::compared::parts, sender_of(x))) {
      if (!relaying)
        relaying = std::make_shared<deferred_reply>(answer);
      relay_unicast(
        {batch.neighbour, x.source, x.destination, batch.message(x)}, relaying,
        false);
    }
  }
  hand_over_mine();
  return promise;
}

gossip_channel_state::question
gossip_channel_state::question_for(const deliveries& batch, const delivery& x,
                                   const deferred_reply_ptr& answer) const {
  return {answer, batch.neighbour,
          is_to_blame(*channel, x.tag, x.source, batch.neighbour)};
}

template <class F>
void gossip_channel_state::ask_in_turn(F ask) {
  if (questions.empty() && may_ask())
    ask();
  else
    questions.emplace_back(std::move(ask));
}

void gossip_channel_state::hand_over(unicasts_arrived mine, question from) {
  figures.unicasts_received += mine.messages.size();
  ask_in_turn([this, mine = std::move(mine), from = std::move(from)]() mutable {
    auto number = open_question(std::move(from));
    self->request(gossiper, caf::infinite, std::move(mine))
      .then(
        [this, number] { take_question(number); },
        [this, number](caf::error& why) { refused(number, std::move(why)); });
  });
}

template <class Arrived, class Relay>
void gossip_channel_state::ask_what_goes_on(Arrived what, question from,
                                            Relay relay_it) {
  ask_in_turn([this, what = std::move(what), from = std::move(from),
               relay_it = std::move(relay_it)]() mutable {
    auto number = open_question(std::move(from));
    self->request(gossiper, caf::infinite, std::move(what))
      .then(
        [this, number, relay_it](gossip_data_ptr& on) {
          if (take_question(number) && on)
            relay_it(std::move(on));
        },
        [this, number](caf::error& why) { refused(number, std::move(why)); });
  });
}

void gossip_channel_state::broadcast_came(const deliveries& batch,
                                          const delivery& x,
                                          const deferred_reply_ptr& answer) {
  ++figures.broadcasts_received;
  auto source = x.source;
  ask_what_goes_on(
    broadcast_arrived{source, batch.data(x), batch.neighbour},
    question_for(batch, x, answer),
    [this, source, from = batch.neighbour, before = view](gossip_data_ptr on) {
      relay_broadcast(source, std::move(on), from, before);
    });
}

void gossip_channel_state::gossip_came(const deliveries& batch,
                                       const delivery& x,
                                       const deferred_reply_ptr& answer) {
  ++figures.gossips_received;
  ask_what_goes_on(
    gossip_arrived{batch.data(x), batch.neighbour},
    question_for(batch, x, answer),
    [this, source = x.source, from = batch.neighbour](gossip_data_ptr news) {
      relay_gossip(source, std::move(news), from);
    });
}

void gossip_channel_state::relay_unicast(const relay& x,
                                         const deferred_reply_ptr& answer,
                                         bool with_fresh_routes) {
  // A message that names us as its source was forged or went round in a loop.
  // If we passed it on, its receiver would blame us.
  if (x.source == ctx->self.name) {
    ++figures.unicasts_dropped;
    return;
  }
  const auto& [destination, hop, to] = way_to(x.destination);
  // Asks for fresh routes if there is no way to the destination, which is usual
  // in a new channel, or if earlier messages to the destination still wait.
  if (!with_fresh_routes && (!to || others_wait_for_way(x.destination)))
    return with_fresh_way(
      x.destination, [this, x, answer] { relay_unicast(x, answer, true); });
  // If the next hop is the neighbour that sent the message, the neighbour's
  // view differs from ours. The message would go back and forth.
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
