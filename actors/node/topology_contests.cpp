#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include "actors/core/addresses/host_port.hpp"
#include "actors/node/topology_state.hpp"
#include <cafmesh/errc.hpp>

// Decides between an existing connection and a new one to a peer of the same
// name. Any member can dial in an honest peer's name, with the UID that is in
// the peer's record. So the new connection is admitted only after the existing
// one has ended, for which there are two honest reasons:
//
// - The host at its other end is dead, or has forgotten the connection. A probe
//   shows that.
// - Both lead to the same living peer, because each side has dialled the other
//   or one of them twice. Both sides favour the connection with the lower UID,
//   so the peer closes the other one.
namespace cafmesh {

namespace {

using std::chrono::milliseconds;

// How long the new connection waits: until a probe of the existing one has
// failed and that one has closed. The side that accepted the new one waits
// longer, because then the side that dialled, if it is honest, gives up first,
// and the end of the wait shows that somebody else uses its name.
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

bool has_same_host(const connection_offer& x,
                   const contested_connection& existing) {
  auto host = ip_of(x.remote_address);
  return host && host == ip_of(existing.remote_address);
}

caf::error refused(const connection_offer& x) {
  return make_error(errc::multiple_connections,
                    "a peer named " + x.remote.name.str()
                      + " is connected, and its connection works");
}

} // namespace

/// One connection at a time waits for the end of an existing one. If it comes
/// from another host, it gives way to one from the existing one's host. So
/// somebody who always waits cannot keep out a peer that dials again.
/// @returns false if the connection cannot wait
bool topology_state::begin_contest(const contested_connection& existing,
                                   const candidate& x) {
  auto i = find_connection(existing.id);
  if (i == connections.end())
    return false;
  if (auto other = contests.find(existing.id); other != contests.end()) {
    auto waiting = other->second.x.request.offer;
    if (has_same_host(waiting, existing)
        || !has_same_host(x.request.offer, existing))
      return false;
    end_contest({existing.id, waiting.id})->x.answer.deliver(refused(waiting));
  }
  contests.emplace(existing.id, contest{x, existing});
  self->monitor(x.request.connection);
  const decide_contest which{existing.id, x.request.offer.id};
  self->request(i->second.connection, caf::infinite, probe_remote{})
    .then([this, which] { existing_is_alive(which); },
          [](const caf::error&) {}); // the existing connection ends
  self->delayed_send(self, time_to_wait(existing, x.request.offer), which);
  return true;
}

// The other side of a connection that the tie-break does not favour may wait
// for its end. So that connection is refused as soon as we know that it is not
// needed.
void topology_state::existing_is_alive(const decide_contest& which) {
  auto i = contests.find(which.existing);
  if (i == contests.end() || !i->second.existing.is_same_life
      || !i->second.existing.is_favoured)
    return;
  if (auto over = end_contest(which))
    over->x.answer.deliver(
      make_error(errc::multiple_connections,
                 "another one to the same peer works, and wins"));
}

// While the new connection waits, it reads nothing, so only a probe shows
// whether its remote has given up, as an honest one has by now.
void topology_state::decide(const decide_contest& which) {
  auto over = end_contest(which);
  if (!over)
    return;
  auto& x = over->x;
  auto refuse = [x]() mutable {
    x.answer.deliver(refused(x.request.offer));
  };
  if (over->existing.is_same_life && x.request.offer.outbound)
    return refuse();
  self->request(x.request.connection, caf::infinite, probe_remote{})
    .then(
      [this, refuse, offer = x.request.offer]() mutable {
        log->duplicate_name(offer.remote.name, offer.remote_address, now());
        refuse();
      },
      [refuse](const caf::error&) mutable { refuse(); });
}

std::optional<topology_state::contest>
topology_state::end_contest(const decide_contest& which) {
  auto i = contests.find(which.existing);
  if (i == contests.end() || i->second.x.request.offer.id != which.candidate)
    return std::nullopt;
  auto result = std::move(i->second);
  contests.erase(i);
  self->demonitor(result.x.request.connection.address());
  return result;
}

bool topology_state::candidate_ended(const caf::actor_addr& who,
                                     caf::error& reason) {
  for (auto i = contests.begin(); i != contests.end(); ++i)
    if (i->second.x.request.connection.address() == who) {
      i->second.x.answer.deliver(std::move(reason));
      contests.erase(i);
      return true;
    }
  return false;
}

} // namespace cafmesh
