#include <algorithm>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/make_type_erased_value.hpp>

#include "actors/remote/credited_message.hpp"
#include "actors/remote/node_keys.hpp"
#include "actors/remote/postman_state.hpp"
#include <cafmesh/errc.hpp>

// How the postman delivers one message from a peer to its receiver's mailbox.
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
// This is allowed only if a peer has delegated a request of that actor back to
// this node. In this case, sets `mid` to the request's original ID. Otherwise a
// peer could make our actors answer each other, and by CAF's defaults an
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

// A message on its way to a mailbox. If `why` is an error, the message cannot
// be delivered.
struct postman_state::incoming_message {
  remote_peer& from;
  const remote::body& x;
  remote::message_cost cost;
  caf::error why;
  bytes large; // if not empty, the memory of `x`, which is decoded later
  // Drops the flag that marks a request as answered. Only the receiving side
  // may set this flag.
  caf::message_id mid{x.other & ~caf::message_id::answered_flag_mask};
  caf::strong_actor_ptr receiver = nullptr;
  receiver_credit_ptr credit = nullptr;
  bool is_read_later = false;
  caf_version::decoded_values content = {};
};

// Delivers a message to a local actor. On an error, answers a request with the
// error, gives a response the error as its content, and drops any other
// message.
void postman_state::message_came(remote_peer& from, const remote::body& x,
                                 remote::message_cost cost, caf::error why,
                                 bytes&& large) {
  incoming_message m{from, x, cost, std::move(why), std::move(large)};
  m.receiver = shared->exported()->get(x.actor);
  // The cost of a response, or of a message to an actor that does not exist,
  // counts for the total but not for a receiver.
  m.credit = m.mid.is_response() || !m.receiver ? from.account->of_nobody()
                                                : from.account->of(x.actor);
  read(m);
  if (m.mid.is_response() && !is_awaited(m))
    return from.account->processed(cost);
  if (!m.why
      && !m.credit->hold(
        cost, unprocessed->most_of_actor(from.account->unprocessed())))
    m.why = make_error(errc::congested, "too much of the sender's peer waits "
                                        "for the receiver");
  const auto is_ours = is_at_home(x.from);
  caf::strong_actor_ptr sender;
  if (is_ours && !m.mid.is_response())
    sender = sender_at_home(x.from.id, m.mid);
  if (m.why)
    return refuse(m, is_ours, sender);
  if (!is_ours)
    sender = resolve(from, x.from);
  deliver(m, is_ours, std::move(sender));
}

// Decodes the content now, unless the message is forbidden or decoded later.
void postman_state::read(incoming_message& m) {
  if (!m.why)
    m.why = why_forbidden(m.x);
  if (m.why)
    return;
  m.is_read_later =
    m.receiver && !m.large.empty() && !m.mid.is_stream_message();
  if (!m.receiver)
    m.why = make_error(errc::ended, "the remote actor has ended");
  else if (!m.is_read_later)
    m.why = read_content(m.mid, m.x.content, m.content);
}

caf::error postman_state::why_forbidden(const remote::body& x) const {
  // The spawner limits the number of actors per node of the sender. So a peer
  // must not name an actor of another node as the sender.
  if (spawner && x.actor == spawner.id()
      && x.from.where != remote::place::sender)
    return make_error(errc::not_spawnable,
                      "a peer spawns actors for its own actors only");
  // Each actor in `stages` gets the result of the previous actor. By CAF's
  // defaults, an error as this result would end the actor. So peers must not
  // name our actors as stages.
  if (std::any_of(x.stages.begin(), x.stages.end(),
                  [this](const auto& stage) { return is_at_home(stage); }))
    return make_error(errc::unknown_type, "a message that passes several "
                                          "actors of its receiver's process");
  return {};
}

// Whether an actor waits for this response. Gives the response the request's
// own ID, and an error as its content if it is unreadable.
bool postman_state::is_awaited(incoming_message& m) {
  auto request = requests.take(m.mid.request_id().integer_value());
  if (!request || !m.receiver || request->requester.lock() != m.receiver)
    return false; // already answered, never sent, or the requester has ended
  m.mid = request->id.response_id();
  if (m.why) {
    m.content = {};
    m.content.add(
      caf::make_type_erased_value<caf::error>(std::exchange(m.why, {})));
  }
  return true;
}

// Resolves the sender only if something is sent to it, because resolving may
// create a proxy.
void postman_state::refuse(incoming_message& m, bool is_ours,
                           const caf::strong_actor_ptr& sender) {
  m.credit->refused(m.cost);
  if (!m.mid.is_request() || !(is_ours || count_error(m.from))
      || !carrier::answer(is_ours ? sender : resolve(m.from, m.x.from), m.mid,
                          m.why))
    drop_received(m.from, m.x, m.why);
}

void postman_state::deliver(incoming_message& m, bool is_ours,
                            caf::strong_actor_ptr sender) {
  caf::mailbox_element::forwarding_stack stages;
  for (const auto& stage : m.x.stages)
    if (auto ptr = resolve(m.from, stage))
      stages.push_back(std::move(ptr));
  if (m.mid.is_request() && sender && !is_ours) {
    auto& proxy = proxy_of(sender);
    proxy.box()->owed().add(proxy, m.mid, shared->config().max_open_requests);
    schedule_upkeep();
  }
  if (m.is_read_later)
    return reader->read({std::move(m.receiver), std::move(sender), m.mid,
                         m.mid.is_request() && (is_ours || count_error(m.from)),
                         std::move(stages), std::move(m.large), m.x.content,
                         m.from.box, std::move(m.credit), m.cost});
  caf::mailbox_element_ptr x{
    new credited_message(std::move(sender), m.mid, std::move(stages),
                         std::move(m.content), std::move(m.credit), m.cost)};
  reader->deliver(m.receiver, std::move(x), m.from.box, self->context());
}

} // namespace cafmesh
