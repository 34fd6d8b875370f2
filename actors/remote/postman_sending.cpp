#include <algorithm>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>

#include "actors/remote/postman_state.hpp"
#include <cafmesh/errc.hpp>

// How the postman turns the items in outboxes into packets.
namespace cafmesh {

namespace {

constexpr std::size_t largest_reason = 16 * 1024;
// Items that were held back are sent only once the session has room for this
// many control frames, because each attempt is a pass over all these items.
constexpr std::size_t least_room = 32 * 1024;
// If a peer leaves more control frames than this unacknowledged, no new handles
// of its actors are made. Otherwise, other peers could make us create any
// number of handles.
constexpr std::size_t most_open_controls = 128 * 1024;

void append_reason(carrier& shared, const caf::error& why, bytes& out) {
  if (shared.append_content(caf::make_message(why), largest_reason, out))
    // If the reason cannot be encoded, sends only its code.
    shared.append_content(
      caf::make_message(caf::error{why.code(), why.category(), caf::message{}}),
      largest_reason, out);
}

// The data frames that must reach the peer before this control frame.
remote::frame_ends ends_before(remote::body_kind kind, caf::actor_id actor) {
  if (kind == remote::body_kind::down)
    return {actor, 0}; // after all that the ended actor sent
  if (kind == remote::body_kind::release)
    return {0, actor}; // after all that was sent to this actor
  return {};
}

} // namespace

void postman_state::flush_all() {
  schedule_upkeep();
  auto some_are_unknown = false;
  for (const auto& box : shared->take_filled()) {
    auto uid = uid_of_node.find(box->node());
    if (uid != uid_of_node.end())
      flush(peers.at(uid->second), *box);
    else if (auto gone = departed.find(box->node()))
      refuse_for(*gone, *box);
    else
      some_are_unknown = keep_unknown(box) || some_are_unknown;
  }
  if (some_are_unknown)
    limit_unknown();
}

// Sends the items of an outbox to the peer. If all proxies of the peer's node
// were released before `add_peer`, `filled` may be an older outbox than
// `to.box`.
void postman_state::flush(remote_peer& to, outbox& filled) {
  if (&filled != to.box.get())
    move_items(filled, to);
  flush(to);
}

void postman_state::move_items(outbox& from, remote_peer& to) {
  to.box->put_back(from.take());
  from.set_in_flight(0, 0, 0);
}

// Keeps the outbox of a node that the directory does not list yet. The number
// of such outboxes is limited. Otherwise any peer could make us send to nodes
// that do not exist, by naming their actors as senders.
// @returns false if nothing is kept
bool postman_state::keep_unknown(const outbox_ptr& box) {
  if (box->is_empty()) {
    unknown.erase(box);
    return false;
  }
  if (unknown.size() >= most_unknown && unknown.count(box) == 0) {
    refuse_items(*box, no_home(), true);
    return false;
  }
  if (unknown.emplace(box, now()).second)
    schedule(now() + shared->config().down_after);
  return true;
}

// If the items for unknown nodes take too much memory, refuses the items in the
// largest outboxes.
void postman_state::limit_unknown() {
  const auto& config = shared->config();
  std::size_t all = 0;
  for (const auto& x : unknown)
    all += x.first->memory();
  while (!unknown.empty() && all > 2 * (config.window + config.large_window)) {
    auto most = std::max_element(unknown.begin(), unknown.end(),
                                 [](const auto& x, const auto& y) {
                                   return x.first->memory() < y.first->memory();
                                 });
    all -= std::min(all, most->first->memory());
    refuse_items(*most->first, no_home(), true);
    unknown.erase(most);
  }
}

// Sends the items in the peer's outbox. If the session has no room for an item,
// this item and all later items stay in the outbox, in order.
void postman_state::flush(remote_peer& to) {
  if (to.is_held_back && to.session.control_room() < least_room) {
    tell_lost(to, to.box->take_lost());
    return send_packets(to);
  }
  to.is_held_back = false;
  auto [items, lost] = to.box->take();
  const auto when = now();
  auto item = items.begin();
  for (; item != items.end(); ++item) {
    if (item->kind != remote::body_kind::message
        && to.session.control_room() == 0)
      break;
    send_item(to, *item, when);
  }
  if (item != items.end()) {
    to.is_held_back = true;
    items.erase(items.begin(), item);
    to.box->put_back({std::move(items), {}});
  }
  tell_lost(to, lost);
  observe(to);
  send_packets(to);
}

// Tells the peer which of its requests get no answer. These frames skip the
// outbox, where their number would be unlimited. If there are too many, the
// session begins again, and the peer fails all of its requests.
void postman_state::tell_lost(remote_peer& to,
                              const std::vector<lost_answer>& xs) {
  if (xs.empty())
    return;
  const auto session = to.session_number;
  bytes undecided; // encoded once, because there may be many
  append_reason(*shared,
                make_error(errc::unreachable,
                           "the request was refused, or its answer was lost"),
                undecided);
  for (const auto& x : xs) {
    tell_encoded(to, remote::body_kind::answer_lost, 0, x.request,
                 x.was_carried_out ? byte_view{} : byte_view{undecided});
    if (to.session_number != session)
      return;
  }
}

void postman_state::go_on_with(remote_peer& to) {
  if (to.is_held_back)
    flush(to);
  else
    send_packets(to);
}

void postman_state::send_item(remote_peer& to, outgoing_item& x, instant when) {
  using remote::body_kind;
  switch (x.kind) {
  case body_kind::message:
    open_request_of(to, x);
    to.session.add_data(std::move(x.encoded), x.label, when,
                        {x.sender, x.actor}, x.is_answer());
    break;
  case body_kind::exit: {
    remote::body head;
    head.kind = x.kind;
    head.actor = x.actor;
    if (auto from = shared->ref_to(x.party, to.home.node))
      head.from = *from;
    bytes raw;
    remote::append_body(raw, head);
    append_reason(*shared, *x.reason, raw);
    const auto is_ours = head.from.where == remote::place::sender;
    to.session.add_data(std::move(raw),
                        data_label{data_label::what::send, x.actor}.value(),
                        when, {is_ours ? head.from.id : 0, x.actor});
    break;
  }
  case body_kind::watch:
    to.watched_there[x.actor] = std::move(x.party);
    tell(to, x.kind, x.actor);
    break;
  case body_kind::unwatch:
    to.watched_there.erase(x.actor);
    tell(to, x.kind, x.actor);
    break;
  case body_kind::link:
  case body_kind::unlink:
    if (x.kind == body_kind::link)
      shared->exported()->add(x.party);
    tell(to, x.kind, x.actor, x.party->id());
    break;
  case body_kind::down:
    tell(to, x.kind, x.actor, 0, &*x.reason);
    break;
  case body_kind::lease:
    tell_lease(to, x.actor);
    break;
  case body_kind::release:
    if (x.number == to.session_number)
      tell(to, x.kind, x.actor);
    break;
  case body_kind::credit:
  case body_kind::answer_lost:
  case body_kind::large_credit:
    tell(to, x.kind, x.actor, x.number);
    break;
  }
}

void postman_state::open_request_of(remote_peer& to, const outgoing_item& x) {
  if (x.number == 0)
    return;
  open_request opened;
  opened.id = x.request;
  opened.peer = to.home.uid;
  if (x.party->node() == self->system().node()) {
    opened.requester = caf::actor_cast<caf::weak_actor_ptr>(x.party);
  } else {
    opened.of_node = x.party->node();
    opened.of_actor = x.party->id();
  }
  auto displaced = requests.open(x.number, std::move(opened));
  if (displaced && !displaced->is_delegated())
    refuse(*displaced,
           make_error(errc::unreachable, "too many requests have no answer; "
                                         "this was the oldest"));
}

// Puts a lease for each proxy of the peer's actors in front of all other items.
// The session may not have room for all leases at the same time.
void postman_state::lease_again(remote_peer& with) {
  with.session_number = ++sessions;
  std::vector<outgoing_item> leases;
  for (const auto& x : shared->proxies_of(with.home.node))
    if (!proxy_of(x).has_ended())
      leases.push_back(carrier::lease_of(x->id()));
  with.is_held_back = !leases.empty();
  with.box->put_back({std::move(leases), {}});
}

// Tells the peer once per session and proxy that this node has a handle of its
// actor, because the peer counts the handles.
void postman_state::tell_lease(remote_peer& to, caf::actor_id actor) {
  auto proxy = shared->find(to.home.node, actor);
  if (!proxy || proxy_of(proxy).has_ended()
      || proxy_of(proxy).leased_in() == to.session_number)
    return;
  proxy_of(proxy).set_leased_in(to.session_number);
  tell(to, remote::body_kind::lease, actor);
}

void postman_state::tell(remote_peer& to, remote::body_kind kind,
                         caf::actor_id actor, std::uint64_t other,
                         const caf::error* reason) {
  bytes encoded;
  if (reason)
    append_reason(*shared, *reason, encoded);
  tell_encoded(to, kind, actor, other, encoded);
}

// @param reason an encoded error; may be empty
void postman_state::tell_encoded(remote_peer& to, remote::body_kind kind,
                                 caf::actor_id actor, std::uint64_t other,
                                 byte_view reason) {
  remote::body head;
  head.kind = kind;
  head.actor = actor;
  head.other = other;
  bytes raw;
  remote::append_body(raw, head);
  raw.insert(raw.end(), reason.begin(), reason.end());
  if (to.session.add_control(std::move(raw), now(), ends_before(kind, actor)))
    return;
  give_up(to, "control frames");
}

// Restarts the session if its control frames no longer fit into the memory
// limit that all sessions share.
void postman_state::limit_controls(remote_peer& x) {
  auto size = x.session.control_memory();
  if (size == x.controls.taken())
    return;
  x.controls.set(size);
  if (x.controls.excess() == 0)
    return;
  give_up(x, "control frames");
  x.controls.set(x.session.control_memory());
}

// Sends all due packets through the channel. Failures need no report, because
// the session treats a packet that was not sent as lost.
void postman_state::send_packets(remote_peer& to) {
  limit_controls(to);
  if (!channel)
    return;
  to.session.set_processed(to.account->total(), to.account->large_total());
  posted_unicasts packets;
  for (auto& raw : to.session.take_packets(now()))
    packets.messages.push_back({to.home.peer, payload{std::move(raw)}});
  shared->spare().give(to.session.take_spent());
  if (!packets.messages.empty())
    self->send(channel, std::move(packets));
  to.box->set_in_flight(to.session.outstanding(),
                        to.session.outstanding_large(), to.session.answers());
  to.box->set_peer_is_behind(to.session.open_controls() > most_open_controls);
  schedule(to.session.due());
}

void postman_state::say_farewell() {
  if (!channel)
    return;
  posted_unicasts packets;
  for (auto& [uid, peer] : peers)
    if (peer.session.is_open())
      packets.messages.push_back(
        {peer.home.peer, payload{peer.session.farewell()}});
  self->send(channel, std::move(packets));
}

// @param for_good whether there is no next session, in which the peer could get
//        the answers. Another peer may have delegated a request, so that its
//        requester still waits.
void postman_state::refuse_items(outbox& box, const caf::error& why,
                                 bool for_good) {
  auto waiting = box.take();
  outbox_content kept;
  for (auto& item : waiting.items) {
    if (item.is_answer() && !for_good)
      kept.items.push_back(std::move(item));
    else if (item.is_data())
      shared->refuse(box, item, why);
    else if (item.kind == remote::body_kind::watch)
      reader->interrupt(item.party, why);
  }
  if (!for_good)
    kept.lost = std::move(waiting.lost);
  box.put_back(std::move(kept));
  box.set_in_flight(0, 0, 0);
}

// Refuses the items that wait for a departed peer. Their senders get the same
// error as the monitors of the peer's actors.
void postman_state::refuse_for(const departed_life& gone, outbox& box) {
  refuse_items(box, gone.why, true);
  if (gone.has_ended)
    end_proxies(gone.home.node, gone.why, true);
  else
    for (const auto& x : shared->proxies_of(gone.home.node))
      proxy_of(x).forget_credit();
}

void postman_state::refuse(open_request x, const caf::error& why) {
  auto requester = x.is_delegated() ? shared->handle_of(x.of_node, x.of_actor)
                                    : x.requester.lock();
  if (requester)
    carrier::answer(requester, x.id, why);
}

} // namespace cafmesh
