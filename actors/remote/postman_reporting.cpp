#include <algorithm>
#include <utility>

#include <caf/actor_system.hpp>

#include "actors/remote/postman_state.hpp"
#include <cafmesh/errc.hpp>

// What the postman tells users: dropped messages, and figures for the status.
namespace cafmesh {

namespace {

// The minimum time between two reports to watchers of dropped messages, so that
// a flood of such messages takes little of the postman's time.
constexpr auto between_dead_letters = std::chrono::milliseconds{10};

constexpr std::size_t most_listed_peers = 1000;
// The maximum number of watched actors in a status, for one peer and for all
// peers.
constexpr std::size_t most_watches_of_one = 100;
constexpr std::size_t most_listed_watches = 1000;

peer_actors what_concerns(const remote_peer& x, const carrier& shared) {
  peer_actors result;
  result.peer = x.home.peer;
  result.uid = x.home.uid;
  result.in_session = x.session.is_open();
  result.proxies = shared.count_proxies(x.home.node);
  result.watched_there = x.watched_there.size();
  result.leased = x.leases.size();
  result.watched_here = x.watched_here.size();
  result.unprocessed_there =
    x.session.outstanding() + x.session.outstanding_large();
  const auto& unprocessed = x.account->unprocessed();
  result.unprocessed_here =
    unprocessed.small.taken() + unprocessed.large.taken();
  result.dead_letters = x.box->drops().by_reason();
  return result;
}

} // namespace

caf::result<void> postman_state::watch(const watch_dead_letters& x) {
  if (!x.watcher)
    return make_error(errc::bad_setting, "an actor is needed");
  if (watchers.empty())
    shared->dropped().set_watched(true);
  watchers.add(x.watcher);
  return caf::unit;
}

void postman_state::somebody_down(const caf::actor_addr& who) {
  if (spawner && who == spawner)
    spawner = nullptr;
  watchers.remove(who);
  if (watchers.empty())
    shared->dropped().set_watched(false);
}

void postman_state::dead_letters_came() {
  if (!std::exchange(telling, true))
    self->delayed_send(self, between_dead_letters, tell_dead_letters{});
}

void postman_state::tell_of_dead_letters() {
  telling = false;
  auto taken = shared->dropped().take();
  dead_letters news;
  news.missed = taken.missed;
  for (auto& x : taken.all)
    news.all.push_back(
      {address_of(x.node, x.receiver), std::move(x.types), std::move(x.why)});
  watchers.tell(news);
}

caf::result<actors_status> postman_state::report() {
  auto known = own_report();
  if (spawner)
    return self->delegate(spawner, std::move(known));
  return std::move(known.status);
}

add_spawned postman_state::own_report() const {
  add_spawned report;
  auto& result = report.status;
  result.exported = shared->exported()->size();
  result.dead_letters = shared->dropped().counts().by_reason();
  std::vector<const remote_peer*> all;
  for (const auto& x : peers)
    all.push_back(&x.second);
  auto listed = std::min(all.size(), most_listed_peers);
  std::partial_sort(
    all.begin(), all.begin() + static_cast<long>(listed), all.end(),
    [](auto* x, auto* y) { return x->home.peer < y->home.peer; });
  auto room = most_listed_watches;
  for (std::size_t i = 0; i < listed; ++i) {
    auto figures = what_concerns(*all[i], *shared);
    figures.open_requests = requests.size(figures.uid);
    for (auto id : all[i]->watched_here) {
      if (room == 0 || figures.watched_here_ids.size() == most_watches_of_one)
        break;
      figures.watched_here_ids.push_back(id);
      --room;
    }
    std::sort(figures.watched_here_ids.begin(), figures.watched_here_ids.end());
    result.peers.push_back(std::move(figures));
    report.nodes.push_back(all[i]->home.node);
  }
  result.unlisted_peers = all.size() - listed;
  if (our_uid != peer_uid::none)
    add_our_own_entry(report);
  return report;
}

void postman_state::add_our_own_entry(add_spawned& to) const {
  peer_actors we;
  we.peer = our_name;
  we.uid = our_uid;
  auto& listed = to.status.peers;
  auto place = std::find_if(listed.begin(), listed.end(),
                            [&](auto& x) { return we.peer < x.peer; });
  to.nodes.insert(to.nodes.begin() + (place - listed.begin()),
                  self->system().node());
  listed.insert(place, std::move(we));
}

actor_address postman_state::address_of(const caf::node_id& node,
                                        caf::actor_id id) const {
  if (node == self->system().node())
    return {our_name, our_uid, id};
  auto uid = uid_of_node.find(node);
  if (uid != uid_of_node.end())
    return {peers.at(uid->second).home.peer, uid->second, id};
  if (auto gone = departed.find(node))
    return {gone->home.peer, gone->home.uid, id};
  return {{}, peer_uid::none, id};
}

void postman_state::drop_sent(remote_peer& to, std::uint64_t receiver,
                              const caf::error& why) {
  to.box->drops().add(why);
  shared->dropped().add(to.home.node, receiver, why,
                        [] { return std::vector<std::string>{}; });
}

// Limits the unacknowledged error answers to the peer. Without the limit, a
// peer that acknowledges nothing could fill our memory with errors. Beyond the
// limit, the session begins again, and the peer fails all of its requests.
bool postman_state::count_error(remote_peer& x) {
  x.errors = std::min(x.errors, x.session.unsettled_messages() + x.box->size());
  if (x.errors >= shared->config().max_open_requests) {
    give_up(x, "errors");
    return false;
  }
  ++x.errors;
  return true;
}

void postman_state::drop_received(remote_peer& from, const remote::body& x,
                                  const caf::error& why) {
  from.box->drops().add(why);
  shared->dropped().add(self->system().node(), x.actor, why,
                        [&] { return caf_version::type_names(x.content); });
}

} // namespace cafmesh
