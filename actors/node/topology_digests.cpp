#include <utility>

#include "actors/node/topology_state.hpp"
#include "messages/wire/topology_digest.hpp"

// The exchange of digests: neighbours compare digests instead of sending all
// records (PROTOCOL.md, "Digests").
namespace cafmesh {

caf::result<gossip_data_ptr>
topology_state::gossip_came(const gossip_arrived& x) {
  auto kind = ctx->config.topology_digests
                ? wire::kind_of_topology_message(x.data.view())
                : wire::topology_message::update;
  switch (kind) {
  case wire::topology_message::update:
    break;
  case wire::topology_message::outline:
    if (auto why = answer_digest(x.neighbour, x.data))
      return why;
    return gossip_data_ptr{};
  case wire::topology_message::end_of_answer:
    digests->ended(x.neighbour);
    send_digests_to_waiting();
    return gossip_data_ptr{};
  case wire::topology_message::unknown:
    return gossip_data_ptr{};
  }
  auto applied = apply(x.data, {false, true}, x.neighbour);
  if (!applied)
    return std::move(applied.error());
  digests->heard_from(x.neighbour, now());
  return std::move(applied->news);
}

caf::error topology_state::answer_digest(peer_name neighbour,
                                         const payload& digest) {
  auto found = model->compare(digest.view());
  if (!found)
    return std::move(found.error());
  const auto* to = find_neighbour(neighbour);
  if (!to || !to->understands_digests)
    return {};
  digest_messages messages;
  if (!found->reply.empty()
      && (!found->asks || digests->may_ask(neighbour, now())))
    messages.replies.push_back(std::move(found->reply));
  messages.ends_answer = found->answers;
  auto size = found->missing_size;
  for (const auto& x : messages.replies)
    size += x.size();
  // Stops here if there is nothing to answer, or if the limits on answers to
  // this neighbour do not allow an answer now.
  if ((messages.empty() && size == 0)
      || !digests->may_answer(neighbour, size, found->whole, now())) {
    schedule_tick();
    return {};
  }
  schedule_tick();
  auto records = model->records_in(found->missing);
  auto answer =
    records ? std::make_shared<peer_records>(*records, std::move(messages))
            : peer_records::only(std::move(messages));
  if (channel)
    self->send(channel,
               tell_neighbour{neighbour, to->connection, std::move(answer)});
  return {};
}

void topology_state::send_digest(const live& to) {
  if (channel && to.understands_digests)
    self->send(channel,
               tell_neighbour{to.remote, to.connection, model->digest()});
}

void topology_state::send_digests_to_waiting() {
  for (auto neighbour : digests->take_waiting(now()))
    if (const auto* to = find_neighbour(neighbour))
      send_digest(*to);
}

void topology_state::send_gathered() {
  for (const auto& x : model->take_gathered(now()))
    for (auto neighbour : x.neighbours)
      if (const auto* to = find_neighbour(neighbour); to && channel)
        self->send(channel,
                   tell_neighbour{neighbour, to->connection, x.records});
  if (auto neighbour = model->take_to_compare(now()))
    if (const auto* to = find_neighbour(*neighbour))
      send_digest(*to);
}

const topology_state::live*
topology_state::find_neighbour(peer_name who) const {
  for (const auto& x : connections)
    if (x.second.remote == who)
      return &x.second;
  return nullptr;
}

} // namespace cafmesh
