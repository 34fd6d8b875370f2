#include <algorithm>
#include <utility>

#include <caf/actor_system.hpp>

#include "actors/remote/postman_state.hpp"
#include <cafmesh/errc.hpp>

// Decides with which lives of peers the postman has sessions. A life is one run
// of a peer's process. Any member can make the directory list a forged life for
// a while. So a life replaces another life only after its token has proven that
// it is running. A life that the directory no longer lists is kept as long as
// it answers.
namespace cafmesh {

caf::error postman_state::has_left() {
  return make_error(errc::left, "no route leads to the peer");
}

caf::error postman_state::was_restarted() {
  return make_error(errc::restarted, "the peer was restarted");
}

// The error for a silent life that the directory does not list. A process keeps
// its UID. If another life of the same peer waits with the same node ID, that
// other life is forged, and the peer was not restarted.
caf::error postman_state::why_silent(const remote_peer& x) const {
  auto next = waiting_lives.find(x.home.node);
  return next != waiting_lives.end() && next->second.peer == x.home.peer
           ? why_unreachable(x)
           : was_restarted();
}

void postman_state::homes_changed_to(const homes_changed& x) {
  if (our_uid == peer_uid::none) {
    early_homes.push_back(x);
    return;
  }
  for (const auto& each : x.left)
    peer_left(each);
  for (const auto& each : x.gone)
    home_gone(each);
  for (const auto& each : x.came)
    if (each.peer != our_name && each.node != self->system().node())
      home_came(each);
}

void postman_state::home_gone(const actor_home& x) {
  if (auto waits = waiting_lives.find(x.node);
      waits != waiting_lives.end() && waits->second.uid == x.uid)
    waiting_lives.erase(waits);
  auto found = peers.find(x.uid);
  if (found == peers.end() || found->second.home.peer != x.peer
      || !found->second.is_listed)
    return;
  auto& peer = found->second;
  const auto is_unused =
    !peer.session.may_be_known_there() && !peer.session.owes_answer();
  if (is_unused && !peer.absent_since)
    return forget_peer(x.uid, has_left(), false);
  peer.is_listed = false;
  peer.session.doubt(now());
  observe(peer);
  send_packets(peer);
}

void postman_state::peer_left(const peer_name& x) {
  auto [i, end] = lives_of_peer.equal_range(x);
  for (; i != end; ++i)
    if (auto& peer = peers.at(i->second); !peer.absent_since) {
      peer.absent_since = now();
      schedule(now() + shared->config().left_after);
    }
}

std::vector<peer_uid> postman_state::other_lives(const actor_home& x) const {
  std::vector<peer_uid> result;
  auto [i, end] = lives_of_peer.equal_range(x.peer);
  for (; i != end; ++i)
    if (i->second != x.uid)
      result.push_back(i->second);
  return result;
}

void postman_state::home_came(const actor_home& x) {
  for (auto uid : other_lives(x)) {
    auto& other = peers.at(uid);
    other.absent_since.reset();
    home_gone(actor_home{other.home});
  }
  end_replaced(x, false);
  if (auto known = peers.find(x.uid); known != peers.end()) {
    if (known->second.home.peer == x.peer)
      is_listed_again(known->second);
    return;
  }
  auto holder = uid_of_node.find(x.node);
  if (holder == uid_of_node.end())
    return add_peer(x);
  auto& other = peers.at(holder->second);
  waiting_lives[x.node] = x;
  if (!other.is_listed && other.home.peer != x.peer)
    forget_peer(holder->second, has_left(), false);
}

void postman_state::is_listed_again(remote_peer& x) {
  x.absent_since.reset();
  x.is_listed = true;
  x.is_proven = false;
  x.session.trust();
  observe(x);
}

// Makes the session demand answers, even while nothing else is sent, from a
// peer that is unlisted or whose actors we watch.
void postman_state::observe(remote_peer& x) {
  x.session.set_watched(!x.is_listed || !x.watched_there.empty(), now());
}

// Ends the other lives of the peer if the directory lists this life, which has
// proven that it runs.
void postman_state::life_proven(remote_peer& x) {
  if (!x.is_listed)
    return;
  x.is_proven = true;
  for (auto uid : other_lives(x.home))
    forget_peer(uid, was_restarted(), true);
  end_replaced(x.home, true);
}

// Call this function when the peer has been restarted as `x`.
// @param for_good whether to end the proxies of the actors that the peer had
//        before the restart
void postman_state::end_replaced(const actor_home& x, bool for_good) {
  departed.visit_absent(x.peer, [&](departed_life& old) {
    if (old.home.uid == x.uid)
      return;
    old.has_ended = for_good;
    old.why = was_restarted();
    if (for_good)
      end_proxies(old.home.node, old.why, true);
  });
}

// A random pause. Without the pause, all pairs of peers would talk at the same
// moment when two parts of a split mesh reconnect.
duration postman_state::pause_before_seeking() {
  constexpr std::uint64_t longest = 1'000'000; // in microseconds
  constexpr std::uint64_t for_each_peer = 2'000;
  const auto most = std::min(longest, for_each_peer * peers.size());
  return std::chrono::microseconds{draw_token() % (most + 1)};
}

void postman_state::add_peer(const actor_home& x) {
  const auto* gone = departed.find(x.node);
  const bool may_know_us = gone && gone->may_know_us && !gone->has_ended;
  departed.is_back(x.node);
  remote::session_limits limits;
  limits.down_after = shared->config().down_after;
  remote::session begun{our_uid, x.uid, draw_token(), now(), limits};
  auto& peer =
    peers.try_emplace(x.uid, x, std::move(begun), all_controls).first->second;
  uid_of_node[x.node] = x.uid;
  lives_of_peer.emplace(x.peer, x.uid);
  peer.box = shared->bind(x.node);
  peer.account = account_of(x.peer);
  if (!other_lives(x).empty() || departed.has_absent(x.peer))
    peer.session.greet(now());
  if (may_know_us)
    peer.session.seek(now() + pause_before_seeking());
  // Sends the items that waited for this peer. If all proxies of the node were
  // released in the meantime, these items may be in older outboxes than
  // `peer.box`, even in an outbox that `flush_all` has not yet seen.
  for (auto i = unknown.begin(); i != unknown.end();) {
    if (i->first->node() != x.node) {
      ++i;
      continue;
    }
    if (i->first != peer.box)
      move_items(*i->first, peer);
    i = unknown.erase(i);
  }
  lease_again(peer);
  flush_all();
  flush(peer);
}

void postman_state::forget_peer(peer_uid uid, const caf::error& why,
                                bool for_good) {
  auto found = peers.find(uid);
  if (found == peers.end())
    return;
  break_off(found->second, why, for_good);
  // There is no next session for answers. If the peer only seems to have left,
  // the requesters of delegated requests wait for ever.
  refuse_items(*found->second.box, why, true);
  data_undecided(found->second, found->second.session.undecided(), why);
  const auto home = found->second.home;
  requests.forget_delegated(home.node);
  uid_of_node.erase(home.node);
  auto [i, end] = lives_of_peer.equal_range(home.peer);
  lives_of_peer.erase(
    std::find_if(i, end, [&](const auto& each) { return each.second == uid; }));
  shared->unbind(home.node);
  // Forgets a life that may be forged, because it could displace other lives in
  // `departed`.
  const auto may_know_us = found->second.session.may_be_known_there();
  if (for_good || may_know_us || found->second.absent_since)
    departed.add({home, why, for_good, may_know_us});
  peers.erase(found);
  if (auto next = waiting_lives.extract(home.node); !next.empty())
    add_peer(next.mapped());
}

} // namespace cafmesh
