#include <utility>

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>

#include "actors/remote/postman_state.hpp"
#include <cafmesh/errc.hpp>

// How the postman turns the items in outboxes into packets.
namespace cafmesh {

namespace {

constexpr std::size_t largest_reason = 16 * 1024;

void append_reason(caf::actor_system& system, const caf::error& why,
                   bytes& out) {
  std::vector<caf::actor_id> local;
  if (caf_version::encode_content(system, caf::make_message(why),
                                  largest_reason, out, local))
    // If the reason cannot be encoded, sends only its code.
    caf_version::encode_content(
      system,
      caf::make_message(caf::error{why.code(), why.category(), caf::message{}}),
      largest_reason, out, local);
}

// Tells after which data frames the peer must get this control frame.
remote::frame_ends ends_before(remote::body_kind kind, caf::actor_id actor) {
  if (kind == remote::body_kind::down)
    return {actor, 0}; // the peer's monitors hear of the end last
  if (kind == remote::body_kind::release)
    return {0, actor}; // afterwards, the peer may refuse messages to it
  return {};
}

} // namespace

void postman_state::flush_all() {
  schedule_upkeep();
  for (const auto& box : shared->take_filled()) {
    auto uid = uid_of_node.find(box->node());
    if (uid != uid_of_node.end())
      flush(peers.at(uid->second), *box);
    else if (auto gone = departed.find(box->node()))
      refuse_for(*gone, *box);
    else if (unknown.emplace(box, now()).second)
      schedule(now() + shared->config().down_after);
  }
}

void postman_state::flush(remote_peer& to, outbox& from) {
  for (auto& item : from.take())
    send_item(to, item);
  observe(to);
  send_packets(to);
}

void postman_state::send_item(remote_peer& to, outgoing_item& x) {
  using remote::body_kind;
  switch (x.kind) {
  case body_kind::message:
    open_request_of(to, x);
    to.session.add_data(std::move(x.encoded), x.label, now(),
                        {x.sender, x.actor});
    break;
  case body_kind::exit: {
    remote::body head;
    head.kind = x.kind;
    head.actor = x.actor;
    bytes raw;
    remote::append_body(raw, head);
    append_reason(self->system(), x.reason, raw);
    to.session.add_data(std::move(raw), 0, now(), {0, x.actor});
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
    tell(to, x.kind, x.actor, 0, &x.reason);
    break;
  case body_kind::lease:
  case body_kind::release:
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
  opened.requester = caf::actor_cast<caf::weak_actor_ptr>(x.party);
  opened.id = x.request;
  opened.peer = to.home.uid;
  opened.opened = now();
  if (x.party->node() != self->system().node())
    opened.on_behalf_of = x.party;
  auto displaced = requests.open(x.number, std::move(opened));
  if (displaced && !displaced->on_behalf_of)
    refuse(*displaced,
           make_error(errc::unreachable, "too many requests have no answer; "
                                         "this was the oldest"));
}

void postman_state::tell(remote_peer& to, remote::body_kind kind,
                         caf::actor_id actor, std::uint64_t other,
                         const caf::error* reason) {
  remote::body head;
  head.kind = kind;
  head.actor = actor;
  head.other = other;
  bytes raw;
  remote::append_body(raw, head);
  if (reason)
    append_reason(self->system(), *reason, raw);
  if (to.session.add_control(std::move(raw), now(), ends_before(kind, actor)))
    return;
  log->write(log_level::warning,
             "peer " + to_string(to.home.peer)
               + " acknowledges none of too many control frames between "
                 "actors; all monitors of its actors are told that it is "
                 "unreachable");
  give_up(to);
}

// Hands the packets that are due to the channel. Hears of no failure: the
// session treats a packet that was not sent as lost.
void postman_state::send_packets(remote_peer& to) {
  if (!channel)
    return;
  to.session.set_processed(to.account->total(), to.account->large_total());
  posted_unicasts packets;
  for (auto& raw : to.session.take_packets(now()))
    packets.messages.push_back({to.home.peer, payload{std::move(raw)}});
  if (!packets.messages.empty())
    self->send(channel, std::move(packets));
  to.box->set_in_flight(to.session.outstanding(),
                        to.session.outstanding_large());
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

void postman_state::refuse_items(outbox& box, const caf::error& why) {
  for (auto& item : box.take()) {
    if (item.kind == remote::body_kind::message)
      shared->refuse(box, item, why);
    else if (item.kind == remote::body_kind::watch)
      proxy_of(item.party).interrupt(why);
  }
}

// Refuses the items that wait for a departed peer. Their senders get the same
// error as the monitors of the peer's actors got.
void postman_state::refuse_for(const departed_life& gone, outbox& box) {
  refuse_items(box, gone.why);
  if (gone.has_ended)
    end_proxies(gone.home.node, gone.why, true);
  else
    for (const auto& x : shared->proxies_of(gone.home.node))
      proxy_of(x).forget_credit();
}

void postman_state::refuse(open_request x, const caf::error& why) {
  if (auto requester = x.requester.lock())
    carrier::answer(requester, x.id, why);
}

} // namespace cafmesh
