#include "actors/remote/postman.hpp"

#include <algorithm>
#include <utility>

#include <caf/actor_system.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/remote/postman_state.hpp"
#include <cafmesh/errc.hpp>

// The postman carries messages between peers. This file has its handlers and
// its timer, and starts and ends its sessions with other peers.
namespace cafmesh {

namespace {

constexpr auto upkeep_interval = std::chrono::seconds{5};
// The pause before the next upkeep if an upkeep has left work.
constexpr auto until_more = std::chrono::milliseconds{100};

// Limits the memory, in bytes, of the control frames of all sessions together:
// `bytes_for_handle` for each handle that one peer may hold, but at least
// `least_for_controls`. Each session may take `controls_of_each` in addition.
constexpr std::size_t bytes_for_handle = 2048;
constexpr std::size_t least_for_controls = 1024 * 1024;
constexpr std::size_t controls_of_each = 16 * 1024;

postman_actor::behavior_type
postman_behavior(postman_actor::stateful_pointer<postman_state> self,
                 carrier_ptr shared, const router_actor& router,
                 blocking_work where, log_sink_ptr log) {
  auto& state = self->state;
  state.start(std::move(shared), router, where, std::move(log));
  return {
    // CAF tries the handlers in this order. The most frequent messages come
    // first.
    [&state](const unicasts_arrived& xs) { state.arrived(xs); },
    [&state](outbox_filled) { state.flush_all(); },
    [&state](const broadcast_arrived& x) { return state.broadcast_came(x); },
    [](const gossip_arrived&) { return gossip_data_ptr{}; },
    [](get_gossip) { return gossip_data_ptr{}; },
    [&state](const homes_changed& x) { state.homes_changed_to(x); },
    [&state](credit_due) { state.credit_came(); },
    [&state](const export_ended& x) { state.export_ended_with(x.id, x.why); },
    [&state](const postman_due& x) { state.due_came(x.when); },
    [&state](messages_dropped) { state.dead_letters_came(); },
    [&state](tell_dead_letters) { state.tell_of_dead_letters(); },
    [&state](const watch_dead_letters& x) { return state.watch(x); },
    [&state](const serve_spawner& x) {
      state.spawner = x.spawner;
      state.shared->exported()->protect(x.spawner.id());
      state.self->monitor(x.spawner);
    },
    [&state](const report_closing& x) { state.report(x.what); },
    [&state](const withdraw_closing& x) { state.closings->remove(x.what); },
    [&state](get_actors) { return state.report(); },
  };
}

} // namespace

postman_actor spawn_postman(caf::actor_system& system, carrier_ptr shared,
                            const router_actor& router, blocking_work where,
                            log_sink_ptr log) {
  auto result =
    system.spawn(postman_behavior, shared, router, where, std::move(log));
  shared->set_postman(result);
  caf_version::on_end(result, [shared](const caf::error&) {
    shared->close(make_error(errc::stopped, "the node has stopped"));
  });
  return result;
}

instant postman_state::now() const {
  return self->clock().now();
}

void postman_state::start(carrier_ptr carried, const router_actor& router,
                          blocking_work where, log_sink_ptr sink) {
  shared = std::move(carried);
  log = std::move(sink);
  decoder.emplace(self->system(), shared->handles());
  reader.emplace(self->system(), shared, where);
  const auto& config = shared->config();
  requests.set_most(config.max_open_requests);
  watchers.set_most(config.dead_letter_window);
  all_controls = std::make_shared<common_limit>(
    std::max(config.max_handles * bytes_for_handle, least_for_controls),
    controls_of_each);
  unprocessed.emplace(config);
  partial = remote::partial_messages{
    {config.max_message + remote::max_body_head,
     config.partial_limit + remote::max_body_head, config.down_after}};
  if (auto seed = shared->config().seed) {
    random.seed(*seed);
  } else {
    std::random_device device;
    std::seed_seq words{device(), device(), device(), device()};
    random.seed(words);
  }
  closings.emplace(now());
  self->monitor(router);
  caf_version::on_down(self, [this, of_node = router.address()](
                               const caf::actor_addr& who, const caf::error&) {
    if (who == of_node)
      router_ended();
    else
      somebody_down(who);
  });
  caf_version::on_exit(self, [this](const caf::error&) {
    say_farewell();
    router_ended();
  });
  self->request(router, caf::infinite, get_node{})
    .then([this](const node_description& x) {
      our_name = x.name;
      our_uid = x.uid;
      for (const auto& early : std::exchange(early_homes, {}))
        homes_changed_to(early);
      flush_all();
    });
  self
    ->request(
      router, caf::infinite,
      join_channel{"cafmesh/actors", gossiper_actor{postman_actor{self}}})
    .then(
      [this, router](gossip_channel_actor& x) {
        channel = caf::actor_cast<channel_of_postman>(x);
        for (auto& peer : peers)
          send_packets(peer.second);
        report_closings_of(router);
      },
      [this](const caf::error& why) {
        log->write(log_level::error, "the channel cafmesh/actors cannot be "
                                     "joined, and remote actors cannot be "
                                     "reached: "
                                       + describe(why));
        router_ended();
      });
}

void postman_state::router_ended() {
  auto why = make_error(errc::stopped, "the node has stopped");
  for (auto& [uid, peer] : peers) {
    break_off(peer, why, true);
    data_undecided(peer, peer.session.undecided(), why);
  }
  for (auto& x : unknown)
    refuse_items(*x.first, why, true);
  peers.clear();
  reader->finish(); // before `close` ends all proxies
  shared->close(why);
  self->quit();
}

// -- peers

void postman_state::break_off(remote_peer& with, const caf::error& why,
                              bool for_good) {
  end_proxies(with.home.node, why, for_good);
  for (auto& x : requests.take_all(with.home.uid))
    refuse(std::move(x), why);
  auto most = carrier::most_failed_at_once;
  fail_unanswerable(with, most, true);
  with.watched_there.clear();
  with.senders.clear();
  refuse_items(*with.box, why, for_good);
  for (const auto& [id, count] : std::exchange(with.leases, {}))
    shared->exported()->release(id, count);
  if (spawner)
    reader->tell_departed(spawner, {with.home.node, why});
  with.watched_here.clear();
  observe(with);
  partial.forget(with.home.uid);
  with.box->set_in_flight(0, 0, 0);
  with.box->set_peer_is_behind(false);
  with.account = account_of(with.home.peer);
}

void postman_state::end_proxies(const caf::node_id& node, const caf::error& why,
                                bool for_good) {
  for (const auto& x : shared->proxies_of(node)) {
    if (for_good)
      reader->end(x, why);
    else
      reader->interrupt(x, why);
    proxy_of(x).forget_credit();
  }
}

caf::error postman_state::why_unreachable(const remote_peer& x) const {
  return make_error(errc::unreachable,
                    "the peer " + to_string(x.home.peer) + " was unreachable");
}

void postman_state::give_up(remote_peer& x, const char* too_many) {
  auto peer = to_string(x.home.peer);
  if (auto left_out = lines.take_line(peer, now()))
    log->write(log_level::warning,
               "peer " + peer + " has too many " + too_many
                 + " between actors waiting; the session with it begins again, "
                   "and all monitors of its actors are told that it is "
                   "unreachable"
                 + left_out_text(*left_out));
  give_up(x);
}

void postman_state::give_up(remote_peer& x) {
  auto undecided = x.session.undecided();
  const auto may_know_us = x.session.may_be_known_there();
  x.session.begin_again(draw_token(), now());
  if (may_know_us)
    x.session.seek(now());
  begin_again(x, undecided);
}

// Ends what belonged to the old session, after a new session has begun. Tells
// the peer again which of its actors have proxies here, because it has
// forgotten the old session.
// @param undecided what the peer may or may not have received
void postman_state::begin_again(remote_peer& with,
                                const std::vector<std::uint64_t>& undecided) {
  const auto why = why_unreachable(with);
  break_off(with, why, false);
  lease_again(with);
  data_undecided(with, undecided, why);
  // Another peer may have delegated the request, so that its requester waits
  // although the session has ended.
  for (auto label : undecided)
    if (auto x = data_label::of(label); x.kind == data_label::what::answer)
      with.box->push_lost({x.number, true});
  if (!with.box->is_empty())
    shared->tell_postman(with.box);
}

void postman_state::export_ended_with(caf::actor_id id, const caf::error& why) {
  for (auto& [uid, peer] : peers)
    if (peer.watched_here.erase(id) > 0) {
      outgoing_item item;
      item.kind = remote::body_kind::down;
      item.actor = id;
      item.reason = why;
      // Uses the outbox, so that the peer gets the item after everything that
      // the actor has sent.
      peer.box->push(std::move(item));
      flush(peer);
    }
}

void postman_state::credit_came() {
  for (auto& [uid, peer] : peers) {
    for (const auto& [id, cost] : peer.account->take_due())
      tell(peer,
           cost.is_large ? remote::body_kind::large_credit
                         : remote::body_kind::credit,
           id, cost.bytes);
    peer.session.return_credit(now());
    go_on_with(peer);
  }
}

// -- time

void postman_state::due_came(instant when) {
  if (scheduled != when)
    return; // replaced by an earlier time
  scheduled.reset();
  std::vector<std::pair<peer_uid, caf::error>> gone;
  for (auto& [uid, peer] : peers) {
    remote::session_events events;
    peer.session.expire(now(), events);
    handle(peer, events);
    auto absent = peer.absent_since
                  && now() - *peer.absent_since >= shared->config().left_after;
    if (absent) {
      gone.emplace_back(uid, has_left());
      continue;
    }
    if (peer.absent_since)
      schedule(*peer.absent_since + shared->config().left_after);
    if (peer.session.is_unreachable(now())) {
      if (!peer.is_listed) {
        gone.emplace_back(uid, why_silent(peer));
        continue;
      }
      give_up(peer);
    }
    go_on_with(peer);
  }
  for (const auto& [uid, why] : gone)
    forget_peer(uid, why, false);
  expire_partial();
  send_closings();
  check_unknown_homes();
  if (upkeep_at && *upkeep_at <= now())
    keep_up();
  schedule(upkeep_at);
}

// Forgets the exports, proxies and requests that nobody needs any more.
void postman_state::keep_up() {
  using remaining = exports::remaining;
  upkeep_at.reset();
  requests.forget_ended();
  const auto exported = shared->exported()->expire();
  const auto some_are_left =
    fail_unanswerable() || exported != remaining::nothing;
  // Not while requests are left to fail: a proxy that is released fails all of
  // its requests.
  if (!upkeep_at && (release_unused() || some_are_left || requests.has_own()))
    schedule_upkeep();
  if (exported == remaining::to_release)
    upkeep_at = now() + until_more;
}

// Releases the proxies of actors that have sent nothing lately, and forgets the
// credit of actors that get no more messages.
// @returns whether proxies are left; if so, call this function again later
bool postman_state::release_unused() {
  auto result = false;
  for (auto& [uid, peer] : peers) {
    result = peer.senders.release_unused() || result;
    peer.account->forget_unused();
  }
  return result;
}

// Fails those requests of peers' actors whose proxies only the postman keeps.
// A proxy that nobody keeps does so itself when it is freed. Fails a limited
// number at a time, so that no peer makes others wait.
// @returns whether requests of peers are open
bool postman_state::fail_unanswerable() {
  auto result = false;
  auto left = carrier::most_failed_at_once;
  for (auto& [uid, peer] : peers) {
    result = fail_unanswerable(peer, left, false) || result;
    if (left > 0)
      continue;
    upkeep_at = now() + until_more;
    break;
  }
  return result;
}

// @param left how many requests may be failed
// @param gives_up_rest whether to give up the answers to all others
// @returns whether requests of the peer's actors are open
bool postman_state::fail_unanswerable(const remote_peer& of, std::size_t& left,
                                      bool gives_up_rest) {
  const auto requesters = of.box->owed().requesters();
  for (const auto& x : requesters) {
    if (left == 0 && !gives_up_rest)
      break;
    const auto proxy = shared->find(of.box->node(), x.id);
    if (!proxy || proxy->get() != x.proxy || !is_kept_only_by_us(of, proxy))
      continue;
    left -= shared->fail_owed(proxy_of(proxy), left);
    if (left == 0 && gives_up_rest)
      shared->lose_owed(proxy_of(proxy));
  }
  return !requesters.empty();
}

// @param proxy the caller's only reference to it
bool postman_state::is_kept_only_by_us(const remote_peer& peer,
                                       const caf::strong_actor_ptr& proxy) {
  const auto watched = peer.watched_there.find(proxy->id());
  const auto is_watched =
    watched != peer.watched_there.end() && watched->second == proxy;
  return proxy->strong_refs
         == 1u + (peer.senders.keeps(proxy) ? 1u : 0u) + (is_watched ? 1u : 0u);
}

// Schedules the next search for exports and requests that nobody needs any
// more.
void postman_state::schedule_upkeep() {
  if (!upkeep_at)
    schedule(*(upkeep_at = now() + upkeep_interval));
}

caf::error postman_state::no_home() {
  return make_error(errc::no_route, "no peer in the mesh has the remote "
                                    "actor's node ID");
}

void postman_state::check_unknown_homes() {
  auto limit = shared->config().down_after;
  for (auto i = unknown.begin(); i != unknown.end();) {
    if (now() - i->second < limit) {
      schedule(i->second + limit);
      ++i;
      continue;
    }
    refuse_items(*i->first, no_home(), true);
    i = unknown.erase(i);
  }
}

void postman_state::schedule(std::optional<instant> when) {
  if (!when || (scheduled && *scheduled <= *when))
    return;
  scheduled = when;
  auto wait = std::max<duration>(*when - now(), std::chrono::milliseconds{1});
  self->delayed_send(self, wait, postman_due{*when});
}

std::uint64_t postman_state::draw_token() {
  auto result = random();
  return result == 0 ? 1 : result;
}

} // namespace cafmesh
