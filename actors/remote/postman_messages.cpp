#include <algorithm>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/make_type_erased_value.hpp>

#include "actors/remote/credited_message.hpp"
#include "actors/remote/node_keys.hpp"
#include "actors/remote/postman_state.hpp"
#include <cafmesh/errc.hpp>

// How the postman puts one message of a peer into the mailbox of its receiver.
namespace cafmesh {

caf::strong_actor_ptr postman_state::sender_of(remote_peer& from,
                                               caf::actor_id id) {
  if (auto known = from.senders.find(id))
    return known;
  auto result = shared->handle_of(from.home.node, id);
  if (result) {
    from.senders.keep(result);
    schedule_upkeep();
  }
  return result;
}

caf::strong_actor_ptr postman_state::resolve(remote_peer& from,
                                             const remote::actor_ref& x) {
  if (x.where == remote::place::sender)
    return sender_of(from, x.id);
  if (x.where != remote::place::elsewhere || is_at_home(x))
    return nullptr;
  auto node = node_of(x.node);
  return has_key(node) ? shared->handle_of(node, x.id) : nullptr;
}

bool postman_state::is_at_home(const remote::actor_ref& x) const {
  return x.where == remote::place::receiver
         || (x.where == remote::place::elsewhere
             && node_of(x.node) == self->system().node());
}

// Finds the sender of a message that names one of our own actors as its sender.
// This is allowed only for a request of that actor which a peer has delegated
// back to this node; `mid` is then set to the request's original ID. Otherwise
// a peer could make our actors answer each other, and by CAF's defaults an
// unexpected answer ends an actor.
// @returns null, and removes the ID from `mid`, if there is no such request
caf::strong_actor_ptr postman_state::sender_at_home(caf::actor_id id,
                                                    caf::message_id& mid) {
  const auto number = mid.request_id().integer_value();
  auto request = requests.find(number);
  auto requester = request ? request->requester.lock() : nullptr;
  if (!mid.is_request() || !requester || requester->id() != id) {
    mid = caf::make_message_id();
    return nullptr;
  }
  mid = requests.take(number)->id;
  return requester;
}

caf::error postman_state::read_content(caf::message_id mid, byte_view from,
                                       caf_version::decoded_values& out) {
  if (mid.is_stream_message())
    return make_error(errc::unknown_type, "streams do not leave the process");
  auto why = decoder->decode(from, out);
  return why || mid.is_response() ? why : shared->refuse_bare_error(out);
}

// Delivers a message to a local actor. If `why` is an error, the message cannot
// be delivered. A response then has `why` as its content, a request is answered
// with `why`, and any other message is dropped. If `large` is not empty, `x`
// refers to it, and the content is decoded later.
void postman_state::message_came(remote_peer& from, const remote::body& x,
                                 remote::message_cost cost, caf::error why,
                                 bytes&& large) {
  // Clears the flag that marks a request as answered: only the receiving side
  // may set this flag.
  caf::message_id mid{x.other & ~caf::message_id::answered_flag_mask};
  auto receiver = shared->exported()->get(x.actor);
  // The cost of a response, or of a message to an actor that does not exist,
  // counts only for the total and not for a receiver.
  auto counted_for =
    mid.is_response() || !receiver ? caf::invalid_actor_id : x.actor;
  caf_version::decoded_values content;
  // The spawner limits the number of actors for each sender's node. So a peer
  // must not name an actor of another node as the sender.
  if (!why && spawner && x.actor == spawner.id()
      && x.from.where != remote::place::sender)
    why = make_error(errc::not_spawnable,
                     "a peer spawns actors for its own actors only");
  // Each actor in `stages` gets the result of the actor before it, and by CAF's
  // defaults an error as the result ends it. So peers must not name our actors
  // as stages.
  if (!why
      && std::any_of(x.stages.begin(), x.stages.end(),
                     [this](const auto& stage) { return is_at_home(stage); }))
    why = make_error(errc::unknown_type, "a message that passes several actors "
                                         "of its receiver's process");
  const auto is_read_later =
    !why && receiver && !large.empty() && !mid.is_stream_message();
  if (!why && !is_read_later)
    why = receiver ? read_content(mid, x.content, content)
                   : make_error(errc::ended, "the remote actor has ended");
  if (mid.is_response()) {
    auto request = requests.take(mid.request_id().integer_value());
    if (!request || !receiver || request->requester.lock() != receiver) {
      from.account->processed(0, cost);
      return; // answered already, never asked, or the requester has ended
    }
    mid = request->id.response_id();
    if (why) {
      content = {};
      content.add(
        caf::make_type_erased_value<caf::error>(std::exchange(why, {})));
    }
  }
  if (!why && counted_for != caf::invalid_actor_id
      && !from.account->hold(
        counted_for, cost,
        unprocessed->most_of_actor(from.account->unprocessed())))
    why = make_error(errc::congested, "too much of the sender's peer waits for "
                                      "the receiver");
  caf::strong_actor_ptr sender;
  const auto is_ours = is_at_home(x.from);
  if (is_ours && !mid.is_response())
    sender = sender_at_home(x.from.id, mid);
  if (why) {
    from.account->processed(counted_for, cost);
    // Resolving the sender may create a proxy, so this happens only if there is
    // something to send to it.
    if (!mid.is_request() || !(is_ours || count_error(from))
        || !carrier::answer(is_ours ? sender : resolve(from, x.from), mid, why))
      drop_received(from, x, why);
    return;
  }
  caf::mailbox_element::forwarding_stack stages;
  for (const auto& stage : x.stages)
    if (auto ptr = resolve(from, stage))
      stages.push_back(std::move(ptr));
  if (!is_ours)
    sender = resolve(from, x.from);
  if (is_read_later)
    return reader->read({std::move(receiver), std::move(sender), mid,
                         mid.is_request() && (is_ours || count_error(from)),
                         std::move(stages), std::move(large), x.content,
                         from.box, from.account, counted_for, cost});
  reader->deliver(receiver, sender,
                  caf::mailbox_element_ptr{new credited_message(
                    sender, mid, std::move(stages), std::move(content),
                    from.account, counted_for, cost)},
                  from.box, self->context());
}

} // namespace cafmesh
