#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include "actors/core/addresses/host_port.hpp"
#include "actors/node/topology_state.hpp"
#include <cafmesh/errc.hpp>

// Decides between an existing connection and new ones to peers of the same
// name. Any member can dial in an honest peer's name, with the UID that is in
// the peer's record. So a new connection is admitted only after the existing
// one has ended, for which there are two honest reasons:
//
// - The host at its other end is dead, or has forgotten the connection. A probe
//   shows that. If it is dead, the existing connection is closed, but only for
//   a new one whose own remote answers.
// - Both lead to the same living peer, because each side has dialled the other
//   or one of them twice. Both sides favour the connection with the lower UID,
//   so the peer closes the other one.
namespace cafmesh {

namespace {

using std::chrono::milliseconds;

// How long a new connection waits: until a probe of the existing one has failed
// and that one has closed. The side that accepted the new one waits longer,
// because then the side that dialled, if it is honest, gives up first, and the
// end of the wait shows that somebody else uses its name. All wait twice as
// long if the probe has shown nothing by then.
constexpr auto dialler_waits = probe_limit + milliseconds{250};
constexpr auto acceptor_waits = probe_limit + milliseconds{2000};

// How long a peer with another UID waits.
constexpr auto another_life_waits = probe_limit + milliseconds{500};

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
  using rank = waiting_places::rank;
  if (x.outbound && x.may_be_new)
    return rank::of_user;
  return host_of(x.remote_address) == host_of(existing.remote_address)
           ? rank::same_host
           : rank::elsewhere;
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
  self->monitor(newcomer.x.request.connection);
  self->delayed_send(self, time_to_wait(existing, offer), which);
  c.all.emplace(offer.id, std::move(newcomer));
  probe_existing(who, c);
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

// The other side of a connection that the tie-break does not favour may wait
// for its end. So that connection is refused as soon as we know that it is not
// needed.
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
  if (alive == false && !c.next)
    return ask_next(i);
  if (alive != true)
    return;
  c.next.reset();
  std::vector<connection_id> unneeded;
  for (const auto& [id, x] : c.all)
    if (x.existing.is_same_life && x.existing.is_favoured)
      unneeded.push_back(id);
  for (auto id : unneeded)
    take_waiting({who, id})->refuse("and both sides favour its connection");
}

void topology_state::ask_next(contest_map::iterator i) {
  auto& c = i->second;
  c.next = c.places.next(ctx->draw_next_seed());
  if (!c.next)
    return; // the one that was asked was the last
  const decide_contest which{i->first, *c.next};
  self
    ->request(c.all.at(*c.next).x.request.connection, caf::infinite,
              probe_remote{})
    .then([this, which](bool alive) { next_is(which, alive); },
          [this, which](const caf::error&) { next_is(which, false); });
}

void topology_state::next_is(const decide_contest& which, bool alive) {
  auto i = contests.find(which.existing);
  if (i == contests.end() || i->second.next != which.candidate)
    return;
  if (!alive)
    return take_waiting(which)->refuse("but nobody answers here either");
  auto existing = connections.find(which.existing);
  if (existing == connections.end())
    return; // it ends already
  self->send(existing->second.connection,
             close_connection{make_error(
               errc::timed_out, "the remote acknowledges nothing, and another "
                                "connection leads to a peer of its name")});
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
  const auto is_open = c.probing;
  if (c.next == which.candidate || (is_open && !x.waits_again)) {
    x.waits_again = true;
    self->delayed_send(self, time_to_wait(x.existing, x.x.request.offer),
                       which);
    return;
  }
  auto late = std::move(*take_waiting(which));
  if (is_open || (late.existing.is_same_life && late.x.request.offer.outbound))
    return late.refuse("and its connection may work");
  refuse_late(std::move(late));
}

// Warns if the remote of the new connection still waits. An honest one that has
// dialled twice has given up by now.
void topology_state::refuse_late(waiting x) {
  const auto offer = x.x.request.offer;
  const auto why = "and its connection works";
  self->request(x.x.request.connection, caf::infinite, probe_remote{})
    .then(
      [this, x, offer, why](bool alive) mutable {
        if (alive)
          log->duplicate_name(offer.remote.name, offer.remote_address, now());
        x.refuse(why);
      },
      [x, why](const caf::error&) mutable { x.refuse(why); });
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
  else if (c.next == which.candidate)
    ask_next(i);
  return std::move(found.mapped());
}

// The existing connection has ended.
// @returns the connection that takes its place
std::optional<topology_state::waiting> topology_state::end_contest(contest& c) {
  if (!c.next)
    c.next = c.places.next(ctx->draw_next_seed());
  std::optional<waiting> result;
  for (auto& [id, x] : c.all) {
    self->demonitor(x.x.request.connection.address());
    if (id == c.next)
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
