#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include "actors/context/contest_parts.hpp"
#include "actors/core/addresses/host_port.hpp"
#include "actors/node/topology_state.hpp"
#include <cafmesh/errc.hpp>

// Decides between an existing connection and new ones to peers of the same
// name. Any member can dial in an honest peer's name, with the UID that is in
// the peer's record. So a new connection is admitted only after the existing
// one has ended. There are two honest reasons for that end:
//
// - The host at the other end is dead, or has restarted and forgotten the
//   connection. A probe of the existing connection shows this. A dead host's
//   connection is closed once a probe of a new connection is answered, provided
//   that the host is still dead.
// - Both connections lead to the same living peer, because each side has
//   dialled the other, or one side has dialled twice. Both sides favour the
//   connection with the lower UID, so the peer closes the other connection.
namespace cafmesh {

namespace {

using std::chrono::milliseconds;

// How long a new connection waits. A probe of the existing connection can fail
// in this time, and the connection can close. The side that accepted the new
// connection waits longer, so that an honest dialler gives up first. A dialler
// that has not given up by the end of this wait is somebody else who uses the
// name. If the probe has no result at the end of the wait, each side waits once
// more.
constexpr auto dialler_waits = probe_limit + milliseconds{250};
constexpr auto acceptor_waits = probe_limit + milliseconds{2000};

// The wait of a connection to another life of the peer.
constexpr auto another_life_waits = probe_limit + milliseconds{500};

// The time limit for the probe of a waiting connection.
constexpr auto time_to_answer = milliseconds{2000};

milliseconds time_to_wait(const contested_connection& existing,
                          const connection_offer& offer) {
  if (!existing.is_same_life)
    return another_life_waits;
  return offer.outbound ? dialler_waits : acceptor_waits;
}

ip_address host_of(const std::string& address) {
  return ip_of(address).value_or(ip_address{});
}

waiting_places::rank rank_of(const connection_offer& x,
                             const contested_connection& existing) {
  return waiting_places::rank_of(host_of(x.remote_address),
                                 host_of(existing.remote_address),
                                 x.outbound && x.may_be_new);
}

} // namespace

void topology_state::waiting::refuse(const std::string& why) {
  x.answer.deliver(
    make_error(errc::multiple_connections, "a peer named "
                                             + x.request.offer.remote.name.str()
                                             + " is connected, " + why));
}

void topology_state::begin_contest(const contested_connection& existing,
                                   candidate x) {
  waiting newcomer{std::move(x), existing};
  auto i = find_connection(existing.id);
  if (i == connections.end())
    return newcomer.refuse("and its connection ends");
  const auto who = i->first;
  auto& c = contests[who];
  const auto& offer = newcomer.x.request.offer;
  const decide_contest which{who, offer.id};
  const auto without =
    c.places.add(offer.id, host_of(offer.remote_address),
                 rank_of(offer, existing), ctx->draw_next_seed());
  const auto full = "and enough others wait for the end of its connection";
  if (without == offer.id)
    return newcomer.refuse(full);
  const auto& connection = newcomer.x.request.connection;
  self->monitor(connection);
  self->send(caf::actor_cast<contestant_actor>(connection),
             waits_for_another{});
  self->delayed_send(self, time_to_wait(existing, offer), which);
  c.all.emplace(offer.id, std::move(newcomer));
  probe_existing(who, c);
  if (c.is_dead)
    ask_next(contests.find(who));
  if (without)
    take_waiting({who, *without})->refuse(full);
}

void topology_state::probe_existing(const caf::actor_addr& who, contest& c) {
  if (std::exchange(c.probing, true))
    return;
  self->request(connections.at(who).connection, caf::infinite, probe_remote{})
    .then([this, who](bool alive) { existing_is(who, alive); },
          [this, who](const caf::error&) { existing_is(who, std::nullopt); });
}

// Handles the result of a probe of the existing connection. If the existing
// connection works, refuses the new ones that the tie-break does not favour.
void topology_state::existing_is(const caf::actor_addr& who,
                                 std::optional<bool> alive) {
  auto i = contests.find(who);
  if (i == contests.end())
    return;
  auto& c = i->second;
  c.probing = false;
  if (c.all.empty()) {
    contests.erase(i);
    return;
  }
  c.is_dead = alive == false;
  if (c.is_dead)
    return ask_next(i);
  c.places.ask_no_more();
  if (!alive)
    return;
  std::vector<connection_id> unneeded;
  for (const auto& [id, x] : c.all)
    if (x.existing.is_same_life && x.existing.is_favoured)
      unneeded.push_back(id);
  for (auto id : unneeded)
    take_waiting({who, id})->refuse("and both sides favour its connection");
}

void topology_state::ask_next(contest_map::iterator i) {
  auto& c = i->second;
  const auto next = c.places.ask(ctx->draw_next_seed());
  if (!next)
    return;
  const decide_contest which{i->first, *next};
  self
    ->request(c.all.at(*next).x.request.connection, time_to_answer,
              probe_remote{})
    .then([this, which](bool alive) { answered(which, alive); },
          [this, which](const caf::error&) { answered_nothing(which); });
}

void topology_state::answered(const decide_contest& which, bool alive) {
  auto i = contests.find(which.existing);
  if (i == contests.end() || !i->second.places.is_asked(which.candidate))
    return;
  if (alive)
    return close_existing(which);
  take_waiting(which)->refuse("but nobody answers here either");
}

// The waiting connection keeps its place, because its round trip may be long.
void topology_state::answered_nothing(const decide_contest& which) {
  auto i = contests.find(which.existing);
  if (i == contests.end() || !i->second.places.is_asked(which.candidate))
    return;
  i->second.places.ask_no_more();
  ask_next(i);
}

void topology_state::close_existing(const decide_contest& which) {
  auto existing = connections.find(which.existing);
  if (existing == connections.end())
    return;
  auto why =
    make_error(errc::timed_out, "the remote acknowledges nothing, and another "
                                "connection leads to a peer of its name");
  self
    ->request(caf::actor_cast<contestant_actor>(existing->second.connection),
              caf::infinite, close_if_dead{std::move(why)})
    .then(
      [this, who = which.existing](bool closes) {
        if (!closes)
          existing_is(who, true);
      },
      [](const caf::error&) {
        // It has ended.
      });
}

void topology_state::decide(const decide_contest& which) {
  auto i = contests.find(which.existing);
  if (i == contests.end())
    return;
  auto& c = i->second;
  auto found = c.all.find(which.candidate);
  if (found == c.all.end())
    return;
  auto& x = found->second;
  const auto& offer = x.x.request.offer;
  if (c.is_dead ? c.places.has_turn(offer.id) : c.probing && !x.waits_again) {
    x.waits_again = true;
    self->delayed_send(self, time_to_wait(x.existing, offer), which);
  } else if (c.probing || (x.existing.is_same_life && offer.outbound)) {
    take_waiting(which)->refuse("and its connection may work");
  } else {
    ask_late(which, x.x.request.connection);
  }
}

// Probes a connection whose wait is over. An honest peer that dialled twice
// would have given up by now.
void topology_state::ask_late(const decide_contest& which,
                              const connection_actor& whom) {
  self->request(whom, time_to_answer, probe_remote{})
    .then([this, which](bool alive) { answered_late(which, alive); },
          [this, which](const caf::error&) { answered_late(which, false); });
}

void topology_state::answered_late(const decide_contest& which, bool alive) {
  auto i = contests.find(which.existing);
  if (i == contests.end() || i->second.all.count(which.candidate) == 0)
    return;
  auto& c = i->second;
  if (alive && c.is_dead) {
    c.places.prefer(which.candidate);
    self->delayed_send(self, time_to_answer, which);
    return close_existing(which);
  }
  const auto why =
    c.is_dead ? "but nobody answers here either" : "and its connection works";
  auto x = take_waiting(which);
  const auto& offer = x->x.request.offer;
  if (alive)
    log->duplicate_name(offer.remote.name, offer.remote_address, now());
  x->refuse(why);
}

std::optional<topology_state::waiting>
topology_state::take_waiting(const decide_contest& which) {
  auto i = contests.find(which.existing);
  if (i == contests.end())
    return std::nullopt;
  auto& c = i->second;
  auto found = c.all.extract(which.candidate);
  if (!found)
    return std::nullopt;
  c.places.remove(which.candidate);
  self->demonitor(found.mapped().x.request.connection.address());
  if (c.all.empty() && !c.probing)
    contests.erase(i);
  else if (c.is_dead)
    ask_next(i);
  return std::move(found.mapped());
}

// Call this function when the existing connection has ended.
// @returns the connection that takes its place
std::optional<topology_state::waiting> topology_state::end_contest(contest& c) {
  const auto next = c.places.next(ctx->draw_next_seed());
  std::optional<waiting> result;
  for (auto& [id, x] : c.all) {
    self->demonitor(x.x.request.connection.address());
    if (id == next)
      result = std::move(x);
    else
      x.refuse("and its connection has just begun");
  }
  return result;
}

bool topology_state::candidate_ended(const caf::actor_addr& who,
                                     caf::error& reason) {
  for (const auto& [existing, c] : contests)
    for (const auto& [id, x] : c.all)
      if (x.x.request.connection.address() == who) {
        take_waiting({existing, id})->x.answer.deliver(std::move(reason));
        return true;
      }
  return false;
}

} // namespace cafmesh
