#include "actors/channel/gossip_channel_state.hpp"

#include <utility>

#include "actors/channel/gossip_sender.hpp"

// The part of a channel that follows the views of the topology: its neighbours
// and their senders.
namespace cafmesh {

namespace {

// The time between two checks of the gossip senders. A check ends each sender
// that was not used since the previous check. On channels that we only relay,
// the time is shorter, because other peers decide how many such channels there
// are.
constexpr auto sweep_interval = std::chrono::seconds{5};
constexpr auto sweep_interval_of_surrogates = std::chrono::seconds{1};

} // namespace

void gossip_channel_state::with_fresh_view(std::function<void()> f) {
  waiting_for_later_view.push_back(std::move(f));
  if (waiting_for_view.empty())
    ask_for_view();
}

// Calls `f` once the view is up to date. No unicast may overtake an earlier
// one. So until then all unicasts to this destination wait, even if another
// view with a next hop arrives first.
void gossip_channel_state::with_fresh_way(peer_name destination,
                                          std::function<void()> f) {
  waiting_for_way.insert(destination);
  with_fresh_view([this, destination, f = std::move(f)] {
    waiting_for_way.erase(waiting_for_way.find(destination));
    f();
  });
}

void gossip_channel_state::ask_for_view() {
  // The requested view may lack changes made after the request, so functions
  // that are added from now on wait for the next view.
  waiting_for_view = std::exchange(waiting_for_later_view, {});
  auto run = [this] {
    for (auto& f : std::exchange(waiting_for_view, {}))
      f();
    if (waiting_for_view.empty() && !waiting_for_later_view.empty())
      ask_for_view();
  };
  self->request(ctx->topology, caf::infinite, get_view{})
    .then(
      [this, run](mesh_view_ptr& fresh) {
        set_view(std::move(fresh));
        run();
      },
      [run](const caf::error&) { run(); });
}

void gossip_channel_state::set_view(mesh_view_ptr next) {
  if (view->routes && next->routes
      && next->routes->generation() < view->routes->generation())
    return;
  if (next == view)
    return;
  if (next->routes != view->routes)
    broadcasters.change(view->routes, next->routes, self->clock().now());
  view = std::move(next);
  lost_neighbours.clear();
  targets.clear();
  latest_way = {};
  for (auto i = senders.begin(); i != senders.end();) {
    const auto* to = connection_to(i->first);
    if (to && *to == i->second.connection) {
      ++i;
    } else {
      retire_sender(i->second);
      i = senders.erase(i);
    }
  }
}

// From now on, unicasts to the neighbour do not use this connection. They wait
// for a fresh view, which may have another connection.
void gossip_channel_state::lose(const neighbour_lost& x) {
  const auto* known = connection_to(x.name);
  if (!known || *known != x.connection)
    return;
  lost_neighbours.insert(x.name);
  latest_way = {};
}

// Unlinks a gossip sender that is about to be dropped. The sender ends when the
// last reference to it is dropped, and a link would then end this channel too.
void gossip_channel_state::unlink_sender(const sender_slot& x) {
  if (x.sender)
    self->unlink_from(x.sender);
}

// Lets a gossip sender send what it has queued before it is dropped, because
// its connection may still be draining. The sender also ends when its
// connection ends.
void gossip_channel_state::retire_sender(const sender_slot& x) {
  unlink_sender(x);
  if (x.sender)
    self->request(x.sender, caf::infinite, drain{})
      .then([kept = x.sender] {}, [](const caf::error&) {});
}

const connection_actor*
gossip_channel_state::connection_to(peer_name neighbour) const {
  auto i = view->connections.find(neighbour);
  if (i == view->connections.end() || lost_neighbours.count(neighbour) > 0)
    return nullptr;
  return &i->second;
}

// Caches the latest result, because consecutive unicasts mostly go to the same
// peer.
const gossip_channel_state::way&
gossip_channel_state::way_to(peer_name destination) {
  auto& x = latest_way;
  if (x.connection && x.destination == destination)
    return x;
  x = {destination, std::nullopt, nullptr};
  if (view->routes)
    x.hop = view->routes->next_hop(destination);
  if (x.hop)
    x.connection = connection_to(*x.hop);
  return x;
}

const std::vector<peer_name>&
gossip_channel_state::broadcast_targets(peer_name source) {
  static const std::vector<peer_name> none;
  // Results for unknown sources are not cached, because a remote can invent any
  // number of sources.
  if (!view->routes || !view->routes->knows(source))
    return none;
  auto [i, is_new] = targets.try_emplace(source);
  if (is_new)
    i->second = view->routes->broadcast_targets(source);
  return i->second;
}

gossip_sender_actor
gossip_channel_state::sender_to(peer_name neighbour,
                                const connection_actor& to) {
  auto& known = senders[neighbour];
  if (known.connection != to) {
    retire_sender(known);
    known = {to, spawn_gossip_sender(self, ctx, channel, to,
                                     data_owner_actor{self}, sending)};
  }
  known.was_used = true;
  if (!sweeping)
    schedule_sweep();
  return known.sender;
}

// Ends idle gossip senders. Without this, a node would keep a sender for each
// neighbour on each channel.
void gossip_channel_state::sweep() {
  for (auto& [neighbour, x] : senders) {
    if (std::exchange(x.was_used, false) || std::exchange(x.is_asked, true))
      continue;
    self->request(x.sender, caf::infinite, drain{})
      .then([this, name = neighbour,
             sender = x.sender] { end_if_unused(name, sender); },
            [](const caf::error&) {});
  }
  sweeping = false;
  if (!senders.empty())
    schedule_sweep();
}

void gossip_channel_state::schedule_sweep() {
  sweeping = true;
  self->delayed_send(self,
                     surrogate ? sweep_interval_of_surrogates : sweep_interval,
                     sweep_senders{});
}

void gossip_channel_state::end_if_unused(peer_name neighbour,
                                         const gossip_sender_actor& x) {
  auto i = senders.find(neighbour);
  if (i == senders.end() || i->second.sender != x)
    return;
  i->second.is_asked = false;
  if (i->second.was_used)
    return;
  unlink_sender(i->second);
  self->send_exit(i->second.sender, caf::exit_reason::user_shutdown);
  senders.erase(i);
}

} // namespace cafmesh
