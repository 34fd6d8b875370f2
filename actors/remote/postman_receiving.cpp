#include <utility>

#include <caf/actor_system.hpp>
#include <caf/system_messages.hpp>

#include "actors/remote/postman_state.hpp"
#include "actors/remote/waiting_exit.hpp"
#include <cafmesh/errc.hpp>

// Handles the packets and frames from peers.
namespace cafmesh {

namespace {

// Empties a vector. Keeps its memory for the next packet, unless packets
// usually need less.
template <class T>
void empty(std::vector<T>& xs) {
  constexpr std::size_t usual = 1024;
  if (xs.capacity() > usual)
    xs = {};
  else
    xs.clear();
}

// Returns why peers may not send exit messages to this actor, or an empty
// error.
caf::error why_no_exit(carrier& shared, caf::actor_id receiver) {
  if (shared.exported()->is_protected(receiver))
    return make_error(errc::unknown_type,
                      "peers cannot end actors of cafmesh itself");
  if (!shared.config().remote_exits)
    return make_error(errc::unknown_type,
                      "exit messages from peers are ignored, unless the "
                      "setting actors.remote_exits allows them");
  return {};
}

} // namespace

void postman_state::arrived(const unicasts_arrived& batch) {
  for (const auto& x : batch.messages)
    if (remote::read_packet(x.data, arriving))
      packet_came(x.source, arriving, arriving_events);
  // The frames keep the memory of the batch alive, so they are released now.
  empty(arriving.frames);
  empty(arriving_events.arrivals);
}

// @param events memory for the packet's events; its content is overwritten
void postman_state::packet_came(peer_name source, remote::packet& x,
                                remote::session_events& events) {
  // Ignores packets from a peer that the directory does not list yet. Such a
  // peer repeats its first packet.
  auto found = peers.find(x.head.from);
  if (found == peers.end() || found->second.home.peer != source)
    return;
  auto& peer = found->second;
  events.clear();
  peer.session.receive(x, now(), events);
  if (!peer.is_proven && peer.session.is_open())
    life_proven(peer);
  handle(peer, events);
  if (events.left)
    forget_peer(found->first, make_error(errc::left, "the peer has left"),
                true);
  else
    go_on_with(peer);
}

void postman_state::handle(remote_peer& from,
                           const remote::session_events& events) {
  if (events.began_again)
    begin_again(from, events.undecided);
  const auto session = from.session_number;
  for (auto label : events.lost)
    data_lost(from, data_label::of(label));
  // The peer returns no credit for lost data. So the proxies forget what they
  // have counted as unprocessed.
  if (events.lost_data)
    for (const auto& proxy : shared->proxies_of(from.home.node))
      proxy_of(proxy).forget_credit();
  for (const auto& x : events.arrivals) {
    if (from.session_number != session)
      return; // another session has begun
    if (x.is_control)
      control_came(from, x.body);
    else if (x.fragment)
      fragment_came(from, x);
    else
      data_came(from, x.body);
  }
}

void postman_state::data_lost(remote_peer& to, data_label x) {
  switch (x.kind) {
  case data_label::what::other:
    break;
  case data_label::what::request:
    if (auto request = requests.take(x.number))
      refuse(*request, make_error(errc::lost, "the request was lost on its way "
                                              "and not carried out"));
    break;
  case data_label::what::answer:
    tell(to, remote::body_kind::answer_lost, 0, x.number);
    break;
  case data_label::what::send:
    drop_sent(to, x.number,
              make_error(errc::lost, "the message was lost on its way"));
    break;
  }
}

void postman_state::data_undecided(remote_peer& to,
                                   const std::vector<std::uint64_t>& labels,
                                   const caf::error& why) {
  for (auto label : labels)
    if (auto x = data_label::of(label); x.kind == data_label::what::send)
      drop_sent(to, x.number, why);
}

// -- data

credit_account_ptr postman_state::account_of(const peer_name& x) {
  const auto& config = shared->config();
  return std::make_shared<credit_account>(
    shared->postman(), config.window, config.actor_window, unprocessed->of(x),
    [known = shared->exported()](caf::actor_id id) {
      return known->contains(id);
    });
}

void postman_state::data_came(remote_peer& from, const payload& raw) {
  remote::message_cost cost{remote::cost_of_frame(raw.size())};
  // A peer that obeys the protocol exceeds our window by at most one message,
  // unless messages from its earlier sessions are still unprocessed.
  const auto& known = from.account->unprocessed();
  auto has_room = cost.bytes <= unprocessed->small_room(known);
  auto x = remote::read_body(raw.view());
  caf::error why;
  if (!x)
    why = make_error(errc::malformed, "a frame between actors");
  else if (x->kind == remote::body_kind::message
           && caf::message_id{x->other}.is_response())
    has_room = has_room || unprocessed->has_room_for_response(known);
  else if (x->kind == remote::body_kind::exit)
    has_room = true; // an exit may end the stuck actor
  from.account->arrived(cost);
  if (!why && !has_room)
    why = make_error(errc::congested, "too much of the sender's peer, or of "
                                      "all peers, waits for its receivers");
  if (x && x->kind == remote::body_kind::message)
    return message_came(from, *x, cost, std::move(why));
  from.account->processed(cost);
  if (why)
    drop_received(from, x ? *x : remote::body{}, why);
  else if (x->kind == remote::body_kind::exit)
    exit_came(from, *x);
}

caf::error postman_state::decode_reason(byte_view from) {
  caf::message content;
  auto err = caf_version::decode_content(self->system(), from,
                                         shared->handles(), content);
  if (err || !content.match_elements<caf::error>())
    return make_error(errc::ended, "for a reason that cannot be read here");
  return content.get_as<caf::error>(0);
}

// An exit for an actor that has ended would change nothing, so it does not
// count as a dropped message.
void postman_state::exit_came(remote_peer& from, const remote::body& x) {
  auto receiver = shared->exported()->get(x.actor);
  if (!receiver)
    return;
  if (auto why = why_no_exit(*shared, x.actor))
    return drop_received(from, x, why);
  const auto& waiting = from.account->unprocessed_ptr();
  if (!waiting_exit::may_wait(*waiting, x.actor))
    return drop_received(from, x,
                         make_error(errc::congested,
                                    "an earlier exit message of the sender's "
                                    "peer waits for the receiver"));
  // A peer speaks for its own actors only: CAF undoes the link between the
  // receiver and the exit's source.
  auto sender =
    x.from.where == remote::place::sender ? resolve(from, x.from) : nullptr;
  auto content = caf::make_message(caf::exit_msg{
    sender ? sender->address() : caf::actor_addr{}, decode_reason(x.content)});
  reader->deliver(receiver, sender,
                  caf::mailbox_element_ptr{
                    new waiting_exit(std::move(content), waiting, x.actor)},
                  from.box, self->context());
}

// -- control frames

void postman_state::control_came(remote_peer& from, const payload& raw) {
  using remote::body_kind;
  auto x = remote::read_body(raw.view());
  if (!x)
    return;
  switch (x->kind) {
  case body_kind::message:
  case body_kind::exit:
    break; // these come as data frames
  case body_kind::watch:
    watch_came(from, x->actor);
    break;
  case body_kind::unwatch:
    from.watched_here.erase(x->actor);
    break;
  case body_kind::down:
    down_came(from, *x);
    break;
  case body_kind::link:
    link_came(from, *x);
    break;
  case body_kind::unlink:
    if (auto local = shared->exported()->get(x->actor))
      if (auto proxy = shared->find(from.home.node, x->other))
        proxy_of(proxy).unlink_from_home(local->get());
    break;
  case body_kind::lease:
    lease_came(from, x->actor);
    break;
  case body_kind::release:
    release_came(from, x->actor);
    break;
  case body_kind::credit:
    if (auto proxy = shared->find(from.home.node, x->actor))
      proxy_of(proxy).return_credit({x->other, false});
    break;
  case body_kind::large_credit:
    if (auto proxy = shared->find(from.home.node, x->actor))
      proxy_of(proxy).return_credit({x->other, true});
    break;
  case body_kind::answer_lost:
    if (auto request = requests.take(x->other))
      refuse(*request, x->content.empty()
                         ? make_error(errc::answer_lost,
                                      "the request was carried out, but its "
                                      "answer was lost on its way")
                         : decode_reason(x->content));
    break;
  }
}

void postman_state::watch_came(remote_peer& from, caf::actor_id id) {
  caf::error why;
  if (from.watched_here.size() >= shared->config().max_handles
      && from.watched_here.count(id) == 0)
    why = make_error(errc::congested, "this peer monitors too many actors");
  else if (!shared->exported()->watch(id))
    why = make_error(errc::ended, "the remote actor has ended");
  if (why)
    tell(from, remote::body_kind::down, id, 0, &why);
  else
    from.watched_here.insert(id);
}

void postman_state::lease_came(remote_peer& from, caf::actor_id id) {
  auto known = from.leases.count(id) > 0;
  if (!known && from.leases.size() >= shared->config().max_handles)
    return;
  if (shared->exported()->lease(id)) {
    ++from.leases[id];
    return;
  }
  auto why = make_error(errc::ended, "the remote actor has ended");
  tell(from, remote::body_kind::down, id, 0, &why);
}

void postman_state::release_came(remote_peer& from, caf::actor_id id) {
  auto found = from.leases.find(id);
  if (found == from.leases.end())
    return;
  shared->exported()->release(id, 1);
  if (--found->second > 0)
    return;
  from.leases.erase(found);
  from.account->forget(id);
  schedule_upkeep();
}

void postman_state::down_came(remote_peer& from, const remote::body& x) {
  auto pinned = from.watched_there.find(x.actor);
  caf::strong_actor_ptr last;
  if (pinned != from.watched_there.end()) {
    last = std::move(pinned->second);
    from.watched_there.erase(pinned);
    observe(from);
  }
  if (auto proxy = shared->find(from.home.node, x.actor))
    reader->end(proxy, decode_reason(x.content));
}

void postman_state::link_came(remote_peer& from, const remote::body& x) {
  auto local = shared->exported()->get(x.actor);
  if (!local || shared->exported()->is_protected(x.actor)
      || from.watched_there.size() >= shared->config().max_handles)
    return;
  if (auto proxy = shared->handle_of(from.home.node, x.other))
    proxy_of(proxy).link_from_home(local->get());
}

} // namespace cafmesh
